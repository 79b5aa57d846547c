"""What stages do with whoever enters them: asked for by the move, done once by a worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Actor
from assessments.models import Invitation
from candidates.models import CandidateEmail
from hiring import operations
from hiring.enums import ApplicationStatus, Source, StageActionState, TransitionCause
from hiring.models import Application, Interview, StageAction
from hiring.operations import MoveRefused, stage_actions
from hiring.operations.moves_many import SeenApplication, move_many
from hiring.rules import ACTION_LEASE, UNDO_HEARD_FOR, action_text
from outbox.models import Event, Message
from tests.factories.accounts import NOW, actor, make_recruiter
from tests.factories.hiring import (
    SYSTEM,
    invite,
    make_application,
    make_busy_job,
    make_job,
    make_letter,
    move,
    set_status,
    sit,
    stages,
)
from tests.servers.parallel import run_parallel

SOON = NOW + UNDO_HEARD_FOR
LATER = NOW + timedelta(hours=1)


def actions_of(application: Application) -> list[tuple[str, str, str]]:
    rows = StageAction.objects.filter(application=application).order_by("transition_number", "pk")
    return list(rows.values_list("kind", "state", "code"))


def do(now: Any = SOON) -> int:
    return operations.do_due_actions(now=now)


@pytest.mark.django_db
def test_entering_a_stage_sends_its_test_once_nobody_can_take_the_move_back() -> None:
    job, assessment = make_busy_job()
    application = move(make_application(job), "Test")

    early = do(NOW + timedelta(seconds=1))
    taken = do()
    again = do(LATER)

    invitation = Invitation.objects.get(version__assessment=assessment)
    assert (early, taken, again) == (0, 1, 0)
    assert actions_of(application) == [("test", "done", "")]
    assert StageAction.objects.get().invitation == invitation
    assert Message.objects.filter(about="assessments.invitation", about_id=invitation.pk).count() == 1
    assert Event.objects.filter(kind="application.stage_action_done", about_id=application.pk).exists()


@pytest.mark.django_db
def test_entering_a_stage_writes_its_letter_and_asks_for_its_interview() -> None:
    letter = make_letter("Welcome", subject="Next: {{ job_title }}", body="Hello {{ candidate_name }}")
    job, _assessment = make_busy_job(letter=letter, title="Gardener")
    application = move(make_application(job, full_name="Ida Berg"), "Interview")

    do()

    message = Message.objects.get(about="hiring.application", about_id=application.pk)
    interview = Interview.objects.get()
    assert actions_of(application) == [("mail", "done", ""), ("interview", "done", "")]
    assert (message.subject, message.body) == ("Next: Gardener", "Hello Ida Berg")
    assert message.intent == f"stage_action:{StageAction.objects.get(kind='mail').pk}"
    assert (interview.title, interview.state, interview.stage) == (
        "Technical interview",
        "asked",
        application.stage,
    )


@pytest.mark.django_db
def test_a_letter_is_written_in_the_language_of_the_person_where_there_is_one() -> None:
    english = make_letter("Welcome", body="Hello {{ candidate_name }}")
    make_letter("Welcome", language="de", body="Guten Tag {{ candidate_name }}")
    job, _assessment = make_busy_job(letter=english)
    application = make_application(job, full_name="Ida Berg")
    application.candidate.language = "de"
    application.candidate.save(update_fields=["language"])
    move(application, "Interview")

    do()

    message = Message.objects.get(about="hiring.application", about_id=application.pk)
    assert (message.language, message.body) == ("de", "Guten Tag Ida Berg")


@pytest.mark.django_db
def test_a_letter_waits_its_days_and_is_dropped_when_the_person_leaves_the_stage_before() -> None:
    job, _assessment = make_busy_job(days=5)
    stays = move(make_application(job), "Interview")
    leaves = move(make_application(job), "Interview")
    do()
    move(leaves, "Applied", now=LATER)

    before = do(NOW + timedelta(days=4))
    after = do(SOON + timedelta(days=5))

    assert (before, after) == (0, 1)
    assert ("mail", "cancelled", "moved_on") in actions_of(leaves)
    assert list(Message.objects.filter(about="hiring.application").values_list("about_id", flat=True)) == [
        stays.pk
    ]


@pytest.mark.parametrize(
    ("happening", "code"),
    [("on_hold", "on_hold"), ("rejected", "not_active"), ("closed", "job_closed"), ("moved", "moved_on")],
)
@pytest.mark.django_db
def test_whoever_was_decided_about_meanwhile_gets_nothing(happening: str, code: str) -> None:
    job, _assessment = make_busy_job()
    application = move(make_application(job), "Test")
    if happening == "closed":
        operations.close_job(job=job, by=SYSTEM, now=NOW)
    elif happening == "moved":
        move(application, "Applied")
    else:
        set_status(application, ApplicationStatus(happening))

    do()

    assert actions_of(application) == [("test", "cancelled", code)]
    assert action_text(code)
    assert not Invitation.objects.exists()


@pytest.mark.django_db
def test_applying_and_scores_ask_restoring_retiring_and_importing_do_not() -> None:
    letter = make_letter()
    from hiring.rules import StageDraft

    job = make_job(
        stages=[StageDraft("Applied", "applied", entry_mail_id=letter.pk), StageDraft("Screen", "screen")]
    )
    applied = make_application(job, source=Source.CAREERS)
    by_program = make_application(job, source=Source.API, entry_actions=False)
    restored = make_application(job, entry_actions=False)
    set_status(restored, ApplicationStatus.REJECTED)
    set_status(restored, ApplicationStatus.ACTIVE)
    away = move(make_application(job, entry_actions=False), "Screen")
    rows = list(Application.objects.filter(pk=away.pk).select_related("candidate"))
    move_many(
        seen=[SeenApplication(row, row.version) for row in rows],
        to_stage=stages(job)["Applied"],
        by=SYSTEM,
        now=NOW,
        cause=TransitionCause.STAGE_RETIRED,
    )

    asked = set(StageAction.objects.values_list("application", flat=True))
    assert asked == {applied.pk}
    assert by_program.pk not in asked
    # Nobody can take an application back, so nothing waits.
    assert StageAction.objects.get().due_at == NOW


@pytest.mark.django_db
def test_a_pass_moves_on_and_the_next_stage_does_what_it_does_at_once() -> None:
    job, _assessment = make_busy_job()
    application = move(make_application(job), "Test")
    do()
    attempt = sit(StageAction.objects.get().invitation, right=9)
    operations.apply_score(attempt_id=attempt.pk, now=LATER)

    done = do(LATER)

    assert done == 2
    assert Application.objects.get(pk=application.pk).stage.name == "Interview"
    assert [state for _kind, state, _code in actions_of(application)] == ["done", "done", "done"]


@pytest.mark.django_db
def test_inviting_somebody_to_the_test_of_a_later_stage_does_not_let_the_stage_send_it_again() -> None:
    job, assessment = make_busy_job()
    application = make_application(job)

    invite(application, assessment)
    do()

    assert actions_of(application) == [("test", "done", "by_hand")]
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_a_colleague_who_invites_first_leaves_nothing_to_send() -> None:
    job, assessment = make_busy_job()
    application = move(make_application(job), "Test")
    invite(application, assessment)

    do()

    assert actions_of(application) == [("test", "done", "already_invited")]
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_what_failed_says_why_and_is_tried_again_once() -> None:
    recruiter = make_recruiter()
    job, _assessment = make_busy_job(recruiter=recruiter)
    application = make_application(job)
    address = CandidateEmail.objects.get(candidate=application.candidate)
    CandidateEmail.objects.filter(pk=address.pk).delete()
    move(application, "Test")
    do()
    failed = actions_of(application)
    address.save(force_insert=True)
    action = StageAction.objects.get()

    with pytest.raises(PermissionDenied):
        operations.try_action_again(action=action, by=actor(make_recruiter()), now=LATER)
    for _press in range(2):
        operations.try_action_again(action=action, by=actor(recruiter), now=LATER)
    do(LATER)
    do(LATER)

    assert failed == [("test", "failed", "no_address")]
    assert actions_of(application) == [("test", "done", "")]
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_what_failed_is_not_tried_again_for_somebody_who_left_the_stage() -> None:
    job, _assessment = make_busy_job()
    application = make_application(job)
    CandidateEmail.objects.filter(candidate=application.candidate).delete()
    move(application, "Test")
    do()
    move(application, "Interview", now=LATER)

    with pytest.raises(MoveRefused) as refused:
        operations.try_action_again(action=StageAction.objects.get(kind="test"), by=SYSTEM, now=LATER)

    assert refused.value.code == "moved_on"


@pytest.mark.django_db
def test_whoever_was_on_hold_gets_it_when_a_colleague_says_so() -> None:
    job, _assessment = make_busy_job()
    application = set_status(move(make_application(job), "Test"), ApplicationStatus.ON_HOLD)
    do()
    held = actions_of(application)
    set_status(application, ApplicationStatus.ACTIVE)

    operations.try_action_again(action=StageAction.objects.get(), by=SYSTEM, now=LATER)
    do(LATER)

    assert held == [("test", "cancelled", "on_hold")]
    assert actions_of(application) == [("test", "done", "")]


@pytest.mark.django_db
def test_a_letter_that_is_in_use_no_more_is_told() -> None:
    letter = make_letter()
    job, _assessment = make_busy_job(letter=letter)
    letter.is_active = False
    letter.save(update_fields=["is_active"])
    application = move(make_application(job), "Interview")

    do()

    assert ("mail", "failed", "no_template") in actions_of(application)


@pytest.mark.django_db
def test_what_breaks_is_put_off_then_given_to_a_person_and_holds_up_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    job, _assessment = make_busy_job()
    broken = move(make_application(job), "Test")
    fine = move(make_application(job), "Interview")
    monkeypatch.setitem(stage_actions._DOING, "test", lambda action, now: 1 / 0)

    moments = [SOON, SOON + timedelta(minutes=1), SOON + timedelta(hours=1)]
    for moment in moments:
        do(moment)
    left = do(moments[-1] + timedelta(days=1))

    assert left == 0
    assert actions_of(broken) == [("test", "failed", "trouble")]
    assert [state for _kind, state, _code in actions_of(fine)] == ["done", "done"]


@pytest.mark.django_db
def test_f24_what_a_worker_died_over_is_done_by_the_next_one() -> None:
    job, _assessment = make_busy_job()
    application = move(make_application(job), "Test")
    action = StageAction.objects.get()
    # It was taken up, and whatever was written with it is undone: a transaction that nobody committed.
    assert stage_actions._claim(action.pk, now=SOON) is not None

    while_it_lasts = do(SOON + ACTION_LEASE - timedelta(seconds=1))
    afterwards = do(SOON + ACTION_LEASE + timedelta(seconds=1))

    assert (while_it_lasts, afterwards) == (0, 1)
    assert actions_of(application) == [("test", "done", "")]
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_f24_one_that_kills_every_worker_ends_before_a_person() -> None:
    job, _assessment = make_busy_job()
    application = move(make_application(job), "Test")
    moment = SOON
    for _death in range(3):
        assert stage_actions._claim(StageAction.objects.get().pk, now=moment) is not None
        moment += ACTION_LEASE + timedelta(seconds=1)

    do(moment)

    assert actions_of(application) == [("test", "failed", "trouble")]


@pytest.mark.django_db
def test_a_worker_whose_lease_ran_out_writes_nothing() -> None:
    job, _assessment = make_busy_job()
    application = move(make_application(job), "Test")
    slow = stage_actions._claim(StageAction.objects.get().pk, now=SOON)
    assert slow is not None
    do(SOON + ACTION_LEASE + timedelta(seconds=1))

    stage_actions._do(slow, now=LATER)

    assert actions_of(application) == [("test", "done", "")]
    assert Invitation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_everything_once() -> None:
    job, _assessment = make_busy_job()
    applications = [move(make_application(job), name) for name in ("Test", "Interview", "Test", "Interview")]

    results = run_parallel(lambda: do(LATER), 2)

    assert not [result for result in results if isinstance(result, Exception)]
    # Whoever waited for the database too long was put off, and is found by the next look.
    do(LATER + timedelta(hours=1))
    for application in applications:
        assert {state for _kind, state, _code in actions_of(application)} == {"done"}
    assert Invitation.objects.count() == 2
    assert Interview.objects.count() == 2
    assert Message.objects.filter(intent__startswith="stage_action:").count() == 2


@pytest.mark.django_db(transaction=True)
def test_case_80_two_who_move_one_card_write_one_letter() -> None:
    job, _assessment = make_busy_job()
    application = make_application(job)

    run_parallel(lambda: move(application, "Interview", seen_version=1), 2)
    do(LATER)

    assert [kind for kind, _state, _code in actions_of(application)] == ["mail", "interview"]
    assert Message.objects.filter(about="hiring.application").count() == 1


@pytest.mark.django_db
def test_five_hundred_who_are_moved_cost_few_statements_more_than_without_anything_to_do() -> None:
    busy, _assessment = make_busy_job()
    plain = make_job()
    counts = []
    for job in (plain, busy):
        rows = _many(job, 500)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            move_many(
                seen=[SeenApplication(row, row.version) for row in rows],
                to_stage=stages(job)["Interview"],
                by=SYSTEM,
                now=NOW,
            )
        counts.append(len(captured))

    assert StageAction.objects.filter(stage__job=busy).count() == 1000
    # SQLite takes fewer values in one statement, so that a thousand rows are a good dozen of them.
    assert counts[1] - counts[0] <= (12 if connection.vendor == "postgresql" else 30)


def _many(job: Any, count: int) -> list[Application]:
    from candidates.models import Candidate

    people = Candidate.objects.bulk_create(
        [Candidate(full_name=f"Person {number}", created_at=NOW) for number in range(count)]
    )
    first = stages(job)["Applied"]
    return Application.objects.bulk_create(
        [
            Application(
                candidate=person,
                job=job,
                stage=first,
                furthest_stage=first,
                applied_at=NOW,
                stage_entered_at=NOW,
            )
            for person in people
        ]
    )


@pytest.mark.django_db
def test_an_interview_that_took_place_keeps_its_first_moment() -> None:
    recruiter = make_recruiter()
    job, _assessment = make_busy_job(recruiter=recruiter)
    move(make_application(job), "Interview")
    do()
    interview = Interview.objects.get()

    for moment in (LATER, LATER + timedelta(days=1)):
        operations.finish_interview(interview=interview, by=actor(recruiter), now=moment)

    stored = Interview.objects.get()
    assert (stored.state, stored.done_at) == ("done", LATER)
    with pytest.raises(PermissionDenied):
        operations.finish_interview(interview=interview, by=actor(make_recruiter()), now=LATER)


@pytest.mark.django_db
def test_every_code_has_words() -> None:
    for code in ("", "reused", "no_address", "too_early", "trouble"):
        assert bool(action_text(code)) == bool(code)
    assert StageActionState.DONE.label
    assert Actor.system().is_system
