"""Approvals: asked for, given by moving, declined and withdrawn; and every way by which people come to a stage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from accounts.models import Actor, User
from candidates.operations import erase_person
from hiring import operations
from hiring.enums import ApplicationStatus, ApprovalState, JobRole, ScoreRule
from hiring.models import Application, ApplicationTransition, Approval, Job, Stage, StageAction
from hiring.operations import InviteRefused, JobRefused, MoveRefused, StaleMove, apply_score
from hiring.operations.bulk_moves import do_bulk_move
from hiring.operations.moves_many import SeenApplication, move_many
from hiring.rules import StageDraft
from outbox.models import Event, Notification
from tests.factories.accounts import NOW, actor, make_administrator, make_user
from tests.factories.assessments import make_assessment
from tests.factories.hiring import (
    ask,
    invite,
    make_application,
    make_approved_job,
    make_busy_job,
    make_job,
    make_manager,
    make_member,
    make_test_job,
    move,
    set_status,
    sit,
    stages,
)
from tests.servers.parallel import run_all

HOUR = timedelta(hours=1)
LATER = NOW + HOUR

pytestmark = pytest.mark.django_db


def stage_of(application: Application) -> str:
    return Application.objects.get(pk=application.pk).stage.name


def states(application: Application) -> list[str]:
    rows = Approval.objects.filter(application=application).order_by("pk")
    return list(rows.values_list("state", flat=True))


def approve(approval: Approval, by: User, **fields: Any) -> Application:
    return operations.approve(approval=approval, by=actor(by), now=fields.pop("now", LATER), **fields)


def decline(approval: Approval, by: User, comment: str = "Not senior enough") -> Approval:
    return operations.decline(approval=approval, comment=comment, by=actor(by), now=LATER)


def test_a_move_by_somebody_who_may_not_approve_is_refused_with_who_can() -> None:
    job, recruiter, manager = make_approved_job()
    application = make_application(job)

    with pytest.raises(MoveRefused) as refused:
        move(application, "Interview", by=actor(recruiter))

    assert refused.value.code == "needs_approval"
    assert str(manager) in str(refused.value)
    assert stage_of(application) == "Applied"
    assert states(application) == []


def test_rules_and_programs_approve_nothing() -> None:
    job, _recruiter, _manager = make_approved_job()
    application = make_application(job)

    with pytest.raises(MoveRefused) as refused:
        move(application, "Interview")

    assert refused.value.code == "needs_approval"


def test_asking_leaves_them_there_and_tells_the_manager_once() -> None:
    job, recruiter, manager = make_approved_job()
    application = make_application(job)

    asked = ask(application, by=recruiter, note=" Strong portfolio ")
    again = ask(application, by=recruiter, note="Twice", now=LATER)

    assert again == asked
    assert (asked.state, asked.note, asked.asked_by, asked.asked_at) == (
        "waiting",
        "Strong portfolio",
        recruiter,
        NOW,
    )
    assert stage_of(application) == "Applied"
    told = Notification.objects.filter(kind="approval_asked")
    assert list(told.values_list("user", "count")) == [(manager.pk, 1)]
    event = Event.objects.get(kind="application.approval_asked")
    assert (event.actor_user, event.about_id) == (recruiter, application.pk)
    assert "portfolio" not in str(event.data)


def test_approving_moves_by_the_approvers_hand_and_tells_who_asked() -> None:
    job, recruiter, manager = make_approved_job()
    application = make_application(job)
    asked = ask(application, by=recruiter)

    moved = approve(asked, manager, comment="Go on")

    asked.refresh_from_db()
    transition = ApplicationTransition.objects.get(application=application, number=2)
    assert (moved.stage.name, stage_of(application)) == ("Interview", "Interview")
    assert (transition.by, transition.cause, transition.at) == (manager, "person", LATER)
    assert (asked.state, asked.decided_by, asked.decided_at, asked.comment, asked.transition_number) == (
        "approved",
        manager,
        LATER,
        "Go on",
        2,
    )
    assert Notification.objects.filter(user=recruiter, kind="approval_decided").count() == 1
    assert Event.objects.filter(kind="application.approval_approved", actor_user=manager).count() == 1


def test_entering_by_approval_does_what_the_stage_does() -> None:
    job, _assessment = make_busy_job()
    Stage.objects.filter(job=job, name="Interview").update(needs_approval=True)
    recruiter, manager = make_member(job, JobRole.RECRUITER), make_manager(job)
    application = make_application(job)
    StageAction.objects.all().delete()

    approve(ask(application, by=recruiter), manager)

    assert StageAction.objects.filter(application=application, stage__name="Interview").exists()


def test_declining_needs_a_reason_and_leaves_them_there() -> None:
    job, recruiter, manager = make_approved_job()
    application = make_application(job)
    asked = ask(application, by=recruiter)

    with pytest.raises(ValidationError) as refused:
        decline(asked, manager, "  ")
    declined = decline(asked, manager)

    assert list(refused.value.message_dict) == ["comment"]
    assert (declined.state, declined.comment) == ("declined", "Not senior enough")
    assert (stage_of(application), application.version) == ("Applied", 1)
    assert Notification.objects.filter(user=recruiter, kind="approval_decided").count() == 1
    with pytest.raises(MoveRefused) as late:
        approve(asked, manager)
    assert late.value.code == "not_waiting"
    # It can be asked for anew: rows are never written over.
    ask(application, by=recruiter, now=LATER)
    assert states(application) == ["declined", "waiting"]


def test_taking_the_question_back() -> None:
    job, recruiter, manager = make_approved_job()
    application = make_application(job)
    asked = ask(application, by=recruiter)

    operations.withdraw_approval(approval=asked, by=actor(recruiter), now=LATER)

    assert states(application) == ["withdrawn"]
    with pytest.raises(MoveRefused):
        approve(asked, manager)
    assert stage_of(application) == "Applied"


def test_case_66_self_approve_nobody_decides_about_their_own_question_person_or_referral() -> None:
    job, recruiter, manager = make_approved_job()
    make_member(job, JobRole.HIRING_MANAGER, recruiter)
    asked = ask(make_application(job), by=recruiter)
    oneself = ask(make_application(job, email=manager.email), by=recruiter)
    referred = make_application(job)
    Application.objects.filter(pk=referred.pk).update(referred_by=manager)
    of_referred = ask(referred, by=recruiter)

    for approval, by in ((asked, recruiter), (oneself, manager), (of_referred, manager)):
        with pytest.raises(PermissionDenied):
            approve(approval, by)
        with pytest.raises(PermissionDenied):
            decline(approval, by)

    assert set(Approval.objects.values_list("state", flat=True)) == {"waiting"}


def test_whoever_is_not_one_who_approves_for_this_job_decides_nothing() -> None:
    job, recruiter, _manager = make_approved_job()
    elsewhere = make_manager(make_job())
    interviewer = make_member(job, JobRole.INTERVIEWER)
    asked = ask(make_application(job), by=recruiter)

    for by in (recruiter, elsewhere, interviewer, make_user()):
        with pytest.raises(PermissionDenied):
            approve(asked, by)
    with pytest.raises(PermissionDenied):
        operations.approve(approval=asked, by=Actor.system(), now=LATER)
    with pytest.raises(PermissionDenied):
        ask(make_application(job), by=interviewer)
    with pytest.raises(PermissionDenied):
        operations.withdraw_approval(approval=asked, by=actor(elsewhere), now=LATER)

    assert states(asked.application) == ["waiting"]
    assert approve(asked, make_administrator()).stage.name == "Interview"


def test_a_manager_who_moves_somebody_there_approves_by_it() -> None:
    job, recruiter, manager = make_approved_job(managers_move=True)
    application, waiting = make_application(job), make_application(job)
    ask(waiting, by=recruiter)

    move(application, "Interview", by=actor(manager), now=LATER)
    move(waiting, "Interview", by=actor(manager), now=LATER)

    unasked, asked = (Approval.objects.get(application=row) for row in (application, waiting))
    assert (unasked.state, unasked.asked_by, unasked.asked_at, unasked.decided_by) == (
        "approved",
        None,
        None,
        manager,
    )
    assert (asked.state, asked.asked_by, asked.decided_by) == ("approved", recruiter, manager)


def test_a_manager_does_not_move_whom_they_referred_there() -> None:
    job, _recruiter, manager = make_approved_job(managers_move=True)
    application = make_application(job)
    Application.objects.filter(pk=application.pk).update(referred_by=manager)

    with pytest.raises(MoveRefused) as refused:
        move(application, "Interview", by=actor(manager))

    assert refused.value.code == "needs_approval"


@pytest.mark.parametrize("status", ["rejected", "withdrawn"])
def test_what_ends_an_application_withdraws_what_waits_and_undoing_asks_again(status: str) -> None:
    job, recruiter, _manager = make_approved_job()
    application = make_application(job)
    ask(application, by=recruiter, note="Please")

    ended = set_status(application, ApplicationStatus(status), by=actor(recruiter), now=LATER)
    assert states(application) == ["withdrawn"]
    operations.undo_last(application=ended, number=ended.version, by=actor(recruiter), now=LATER)

    assert states(application) == ["withdrawn", "waiting"]
    again = Approval.objects.get(application=application, state=ApprovalState.WAITING)
    assert (again.asked_by, again.asked_at, again.note) == (recruiter, NOW, "Please")


def test_moving_elsewhere_withdraws_and_holding_does_not() -> None:
    job, recruiter, manager = make_approved_job()
    moved, held = make_application(job), make_application(job)
    ask(moved, by=recruiter)
    asked = ask(held, by=recruiter)

    move(moved, "Screen", by=actor(recruiter), now=LATER)
    set_status(held, ApplicationStatus.ON_HOLD, by=actor(recruiter), now=LATER)

    assert states(moved) == ["withdrawn"]
    assert states(held) == ["waiting"]
    assert approve(asked, manager).stage.name == "Interview"


def test_closing_the_job_and_retiring_the_stage_withdraw() -> None:
    job, recruiter, _manager = make_approved_job()
    other, other_recruiter, _other = make_approved_job()
    asked, retired = make_application(job), make_application(other)
    ask(asked, by=recruiter)
    ask(retired, by=other_recruiter)

    operations.close_job(job=job, by=actor(recruiter), now=LATER)
    kept = [stage for name, stage in stages(other).items() if name != "Interview"]
    operations.save_stages(
        job=other,
        stages=[StageDraft(stage.name, stage.kind, pk=stage.pk) for stage in kept],
        by=actor(other_recruiter),
        now=LATER,
    )

    assert (states(asked), states(retired)) == (["withdrawn"], ["withdrawn"])


def test_undoing_an_approval_by_a_manager_who_moves_nobody_lets_it_wait_again() -> None:
    job, recruiter, manager = make_approved_job()
    application = make_application(job)
    moved = approve(ask(application, by=recruiter), manager)

    operations.undo_last(
        application=moved, number=moved.version, by=actor(manager), now=LATER + timedelta(seconds=3)
    )

    assert stage_of(application) == "Applied"
    assert states(application) == ["approved", "waiting"]


def test_undoing_back_to_a_stage_where_they_were_needs_no_new_approval() -> None:
    job, recruiter, manager = make_approved_job()
    application = approve(ask(make_application(job), by=recruiter), manager)
    moved = move(application, "Offer", by=actor(recruiter), now=LATER)

    operations.undo_last(application=moved, number=moved.version, by=actor(recruiter), now=LATER)
    assert stage_of(application) == "Interview"

    rejected = set_status(application, ApplicationStatus.REJECTED, by=actor(recruiter), now=LATER)
    set_status(rejected, ApplicationStatus.ACTIVE, by=actor(recruiter), now=LATER)
    assert stage_of(application) == "Interview"
    # Coming back by a move is one as any other.
    move(application, "Offer", by=actor(recruiter), now=LATER)
    with pytest.raises(MoveRefused):
        move(application, "Interview", by=actor(recruiter), now=LATER)


@pytest.mark.parametrize(
    ("to", "code"), [("Screen", "no_approval_needed"), ("Applied", "is_there"), ("Offer", "approval_waiting")]
)
def test_what_cannot_be_asked_for(to: str, code: str) -> None:
    job, recruiter, _manager = make_approved_job()
    Stage.objects.filter(job=job, name="Offer").update(needs_approval=True)
    application = make_application(job)
    ask(application, by=recruiter)

    with pytest.raises(MoveRefused) as refused:
        ask(application, by=recruiter, stage_name=to)

    assert refused.value.code == code
    assert states(application) == ["waiting"]


def test_asking_from_an_old_page_and_for_somebody_who_is_out() -> None:
    job, recruiter, _manager = make_approved_job()
    application = move(make_application(job), "Screen", by=actor(recruiter))

    with pytest.raises(StaleMove):
        ask(application, by=recruiter, seen_version=1)
    set_status(application, ApplicationStatus.REJECTED, by=actor(recruiter))
    with pytest.raises(MoveRefused) as refused:
        ask(application, by=recruiter)

    assert refused.value.code == "not_live"
    assert states(application) == []


def test_one_waits_for_an_application() -> None:
    job, recruiter, _manager = make_approved_job()
    asked = ask(make_application(job), by=recruiter)

    with pytest.raises(IntegrityError):
        Approval.objects.create(application=asked.application, stage=asked.stage, asked_at=NOW)


def test_in_bulk_whom_one_may_not_let_in_is_asked_for_and_told_once() -> None:
    job, recruiter, manager = make_approved_job()
    people = [make_application(job) for _ in range(3)]
    Notification.objects.all().delete()

    work = queue(job, people, by=recruiter)
    result = do_bulk_move(work, actor(recruiter), lambda *_: None, now=LATER)
    again = do_bulk_move(work, actor(recruiter), lambda *_: None, now=LATER + HOUR)

    assert (result["moved"], result["asked"], again["asked"]) == (0, 3, 3)
    assert [stage_of(row) for row in people] == ["Applied"] * 3
    assert set(Approval.objects.values_list("state", "asked_by")) == {("waiting", recruiter.pk)}
    told = Notification.objects.filter(kind="approval_asked")
    assert list(told.values_list("user", "count")) == [(manager.pk, 3)]


def test_in_bulk_a_manager_lets_in_all_but_whom_they_referred() -> None:
    job, _recruiter, manager = make_approved_job(managers_move=True)
    people = [make_application(job) for _ in range(3)]
    Application.objects.filter(pk=people[0].pk).update(referred_by=manager)

    result = do_bulk_move(queue(job, people, by=manager), actor(manager), lambda *_: None, now=LATER)

    assert (result["moved"], result["asked"]) == (2, 1)
    assert [stage_of(row) for row in people] == ["Applied", "Interview", "Interview"]
    assert [states(row) for row in people] == [["waiting"], ["approved"], ["approved"]]


def queue(job: Job, people: list[Application], *, by: User) -> Any:
    return operations.queue_bulk_move(
        job=job,
        seen=[(row.pk, row.version) for row in people],
        to_stage=stages(job)["Interview"],
        intent="choice",
        by=actor(by),
        now=NOW,
    )


def test_the_door_for_many_lets_nobody_in_without_an_approval() -> None:
    job, recruiter, _manager = make_approved_job()
    rows = list(Application.objects.filter(pk=make_application(job).pk).select_related("candidate", "stage"))

    for by in (actor(recruiter), Actor.system()):
        with pytest.raises(MoveRefused) as refused:
            move_many(
                seen=[SeenApplication(row, row.version) for row in rows],
                to_stage=stages(job)["Interview"],
                by=by,
                now=NOW,
            )
        assert refused.value.code == "needs_approval"


def test_a_rule_asks_instead_of_moving_and_says_so() -> None:
    job, assessment = make_test_job(rule=ScoreRule.ADVANCE_PASSED)
    Stage.objects.filter(job=job, name="Interview").update(needs_approval=True)
    manager = make_manager(job)
    application = move(make_application(job), "Test")
    attempt = sit(invite(application, assessment), right=10)

    tie = apply_score(attempt_id=attempt.pk, now=LATER)
    apply_score(attempt_id=attempt.pk, now=LATER)

    asked = Approval.objects.get(application=application)
    assert (tie.outcome, tie.why_stayed, stage_of(application)) == ("passed", "needs_approval", "Test")
    assert (asked.state, asked.asked_by, asked.asked_at, asked.stage.name) == (
        "waiting",
        None,
        LATER,
        "Interview",
    )
    assert approve(asked, manager, now=LATER + HOUR).stage.name == "Interview"


def test_an_invitation_takes_nobody_to_a_stage_that_needs_an_approval() -> None:
    assessment = make_assessment(questions=2)
    job = make_job(
        stages=[
            StageDraft("Applied", "applied"),
            StageDraft("Test", "assessment", assessment_id=assessment.pk, needs_approval=True),
        ]
    )
    recruiter, manager = make_member(job, JobRole.RECRUITER), make_manager(job)
    application = make_application(job)

    with pytest.raises(InviteRefused) as refused:
        invite(application, assessment, by=actor(recruiter))
    with pytest.raises(InviteRefused):
        invite(application, assessment)
    assert refused.value.code == "needs_approval"
    assert stage_of(application) == "Applied"

    with pytest.raises(JobRefused):
        operations.create_job_link(job=job, assessment=assessment, title="Fair", by=actor(recruiter), now=NOW)

    approve(ask(application, by=recruiter, stage_name="Test"), manager)
    invite(application, assessment, by=actor(recruiter))


def test_the_first_stage_needs_none_and_people_of_a_removed_stage_go_to_none_that_does() -> None:
    job, recruiter, _manager = make_approved_job()
    move(make_application(job), "Screen", by=actor(recruiter))
    drafts = [
        StageDraft(stage.name, stage.kind, pk=stage.pk, needs_approval=stage.needs_approval)
        for stage in stages(job).values()
    ]

    with pytest.raises(ValidationError) as first:
        operations.save_stages(
            job=job, stages=[StageDraft("New", "applied", needs_approval=True)], by=actor(recruiter), now=NOW
        )
    with pytest.raises(ValidationError) as away:
        operations.save_stages(
            job=job,
            stages=[draft for draft in drafts if draft.name != "Screen"],
            people_go_to=2,
            by=actor(recruiter),
            now=NOW,
        )

    assert list(first.value.message_dict) == ["stages"]
    assert list(away.value.message_dict) == ["people_go_to"]


def test_copies_of_jobs_and_pipelines_keep_it() -> None:
    job, _recruiter, _manager = make_approved_job()
    administrator = actor(make_administrator())

    copied = operations.copy_job(job=job, title="Copy", by=administrator, now=NOW).job
    template = operations.template_from_job(job=job, name="Pipeline", by=administrator, now=NOW)

    assert [stage.name for stage in stages(copied).values() if stage.needs_approval] == ["Interview"]
    assert list(template.stages.filter(needs_approval=True).values_list("name", flat=True)) == ["Interview"]


def test_merging_withdraws_and_erasing_blanks_what_was_written() -> None:
    job, recruiter, _manager = make_approved_job()
    administrator = actor(make_administrator())
    kept, merged, erased = make_application(make_job()), make_application(job), make_application(job)
    ask(merged, by=recruiter)
    ask(erased, by=recruiter, note="Ada is the one")

    operations.merge_candidates(kept=kept.candidate, merged=merged.candidate, by=administrator, now=LATER)
    erase_person(candidate=erased.candidate, by=administrator, now=LATER)

    assert states(merged) == ["withdrawn"]
    row = Approval.objects.get(application=erased)
    assert (row.state, row.note) == ("withdrawn", "")


@pytest.mark.django_db(transaction=True)
def test_case_80_stage_race_two_who_approve_at_once_move_once() -> None:
    job, recruiter, manager = make_approved_job()
    other = make_manager(job)
    application = make_application(job)
    asked = ask(application, by=recruiter)

    outcomes = run_all([lambda: approve(asked, manager), lambda: approve(asked, other)])

    assert sorted(type(outcome) for outcome in outcomes if isinstance(outcome, Exception)) in (
        [MoveRefused],
        [StaleMove],
    )
    assert (stage_of(application), states(application)) == ("Interview", ["approved"])
    assert ApplicationTransition.objects.filter(application=application).count() == 2


@pytest.mark.django_db(transaction=True)
def test_case_80_stage_race_approving_against_rejecting() -> None:
    job, recruiter, manager = make_approved_job()
    application = make_application(job)
    asked = ask(application, by=recruiter)

    outcomes = run_all(
        [
            lambda: approve(asked, manager),
            lambda: set_status(
                application, ApplicationStatus.REJECTED, by=actor(recruiter), now=LATER, seen_version=1
            ),
        ]
    )

    stored = Application.objects.get(pk=application.pk)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], (MoveRefused, StaleMove))
    assert (stored.stage.name, stored.status, states(application)) in (
        ("Interview", "active", ["approved"]),
        ("Applied", "rejected", ["withdrawn"]),
    )


@pytest.mark.django_db(transaction=True)
def test_case_80_stage_race_approving_against_taking_the_question_back() -> None:
    job, recruiter, manager = make_approved_job()
    application = make_application(job)
    asked = ask(application, by=recruiter)

    outcomes = run_all(
        [
            lambda: approve(asked, manager),
            lambda: operations.withdraw_approval(approval=asked, by=actor(recruiter), now=LATER),
        ]
    )

    assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [MoveRefused]
    assert (stage_of(application), states(application)) in (
        ("Interview", ["approved"]),
        ("Applied", ["withdrawn"]),
    )


@pytest.mark.django_db(transaction=True)
def test_case_80_stage_race_asking_against_rejecting_leaves_nothing_waiting_for_who_is_out() -> None:
    job, recruiter, _manager = make_approved_job()
    application = make_application(job)

    run_all(
        [
            lambda: ask(application, by=recruiter),
            lambda: set_status(
                application, ApplicationStatus.REJECTED, by=actor(recruiter), now=LATER, seen_version=1
            ),
        ]
    )

    assert Application.objects.get(pk=application.pk).status == "rejected"
    assert states(application) in ([], ["withdrawn"])
