"""Results that count for another application of the same person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Actor
from assessments import operations as tests_of
from assessments.enums import ScoreCause
from assessments.models import Assessment, Attempt, Invitation
from hiring import operations, queries
from hiring.models import Application, ApplicationAssessment, Job, StageAction
from hiring.operations.reusing import tie_results
from hiring.operations.scores import apply_pending_scores
from hiring.queries.selections import InvitePreview
from hiring.rules import LOOK_AGAIN, UNDO_HEARD_FOR
from outbox.models import Event, Work
from outbox.operations import run_due_work
from questions import operations as questions
from questions.models import QuestionVersion
from tests.factories.accounts import NOW, actor, make_administrator, make_recruiter
from tests.factories.assessments import make_assessment
from tests.factories.hiring import (
    SYSTEM,
    invite,
    make_application,
    make_busy_job,
    make_job,
    make_test_job,
    move,
    sit,
)
from tests.factories.questions import key

DAY = timedelta(days=1)
ADDRESS = "ada@example.com"


def finished(*, right: int, score: bool = True, **fields: object) -> tuple[Application, Attempt]:
    """Ada took the test of a job."""
    job, assessment = make_test_job(make_assessment(questions=10, **fields))
    application = make_application(job, full_name="Ada", email=ADDRESS)
    attempt = sit(invite(application, assessment), right=right, score=score)
    return application, attempt


def at_the_test(job: Job, now: object = NOW + DAY) -> Application:
    """Ada came to the stage of another job that sends the same test, and a worker looked."""
    application = move(make_application(job, full_name="Ada", email=ADDRESS), "Test", now=now)
    operations.do_due_actions(now=now + UNDO_HEARD_FOR)
    return Application.objects.get(pk=application.pk)


def tie_of(application: Application) -> ApplicationAssessment:
    return ApplicationAssessment.objects.get(application=application)


@pytest.mark.django_db
def test_a_valid_result_is_used_again_and_moves_whoever_passed() -> None:
    _first, attempt = finished(right=9, valid_days=30)
    job, _assessment = make_busy_job(attempt.invitation.version.assessment)

    application = at_the_test(job)

    tie = tie_of(application)
    action = StageAction.objects.get(kind="test")
    assert Invitation.objects.count() == 1
    assert (tie.reused_attempt, tie.outcome, tie.score) == (attempt, "passed", attempt.current_score)
    assert (action.state, action.code) == ("done", "reused")
    assert application.stage.name == "Interview"


@pytest.mark.django_db
def test_a_result_that_grew_old_is_not_used_again() -> None:
    _first, attempt = finished(right=9, valid_days=30, most_attempts=2)
    job, assessment = make_busy_job(attempt.invitation.version.assessment)

    application = at_the_test(job, now=NOW + 31 * DAY)

    assert tie_of(application).invitation is not None
    assert Invitation.objects.filter(version__assessment=assessment).count() == 2


@pytest.mark.django_db
def test_a_result_that_grew_old_of_a_test_that_is_taken_once_is_for_a_person_to_decide() -> None:
    _first, attempt = finished(right=9, valid_days=30)
    job, _assessment = make_busy_job(attempt.invitation.version.assessment)

    at_the_test(job, now=NOW + 31 * DAY)

    action = StageAction.objects.get()
    assert (action.state, action.code) == ("failed", "already_finished")
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_a_stage_that_wants_a_new_test_sends_one() -> None:
    _first, attempt = finished(right=9)
    job, assessment = make_busy_job(attempt.invitation.version.assessment, wants_new_test=True)

    at_the_test(job)

    asked = Invitation.objects.filter(version__assessment=assessment).latest("pk")
    assert Invitation.objects.count() == 2
    assert "asks for the test anew" in asked.again_reason


@pytest.mark.django_db
def test_an_open_invitation_of_another_job_is_waited_for_and_no_second_one_is_sent() -> None:
    first_job, assessment = make_test_job()
    first = make_application(first_job, full_name="Ada", email=ADDRESS)
    invitation = invite(first, assessment)
    job, _assessment = make_busy_job(assessment)
    application = at_the_test(job)
    waiting = StageAction.objects.get()
    attempt = tests_of.start_attempt(invitation=invitation, consented=True, now=NOW + DAY)

    operations.do_due_actions(now=NOW + DAY + 2 * LOOK_AGAIN)

    assert (waiting.state, waiting.code) == ("waiting", "elsewhere")
    assert Invitation.objects.count() == 1
    assert (tie_of(application).reused_attempt, tie_of(application).outcome) == (attempt, "pending")
    assert StageAction.objects.get().code == "underway"


@pytest.mark.django_db
def test_an_invitation_of_another_job_that_was_withdrawn_is_waited_for_no_longer() -> None:
    first_job, assessment = make_test_job()
    invitation = invite(make_application(first_job, full_name="Ada", email=ADDRESS), assessment)
    job, _assessment = make_busy_job(assessment)
    application = at_the_test(job)
    tests_of.revoke_invitation(invitation=invitation, by=SYSTEM, now=NOW + DAY)

    operations.do_due_actions(now=NOW + DAY + 2 * LOOK_AGAIN)

    assert tie_of(application).invitation != invitation
    assert StageAction.objects.get().state == "done"


@pytest.mark.django_db
def test_the_result_of_a_test_that_was_running_acts_in_both_jobs() -> None:
    first, attempt = finished(right=9, score=False)
    job, _assessment = make_busy_job(attempt.invitation.version.assessment)
    application = at_the_test(job)
    before = tie_of(application).outcome
    tests_of.score_submitted(now=NOW + 2 * DAY)

    apply_pending_scores(now=NOW + 2 * DAY)

    assert before == "pending"
    assert {tie_of(row).outcome for row in (first, application)} == {"passed"}
    assert Application.objects.get(pk=application.pk).stage.name == "Interview"
    assert apply_pending_scores(now=NOW + 3 * DAY) == 0


@pytest.mark.django_db
def test_an_attempt_that_is_declared_void_reaches_the_job_that_used_its_result() -> None:
    first, attempt = finished(right=3)
    operations.apply_score(attempt_id=attempt.pk, now=NOW)
    job, _assessment = make_busy_job(attempt.invitation.version.assessment)
    application = at_the_test(job)
    tests_of.void_attempt(attempt=attempt, reason="Somebody else", by=SYSTEM, now=NOW + 2 * DAY)

    apply_pending_scores(now=NOW + 2 * DAY)

    assert {(tie_of(row).outcome, tie_of(row).score) for row in (first, application)} == {("void", None)}


@pytest.mark.django_db
def test_a_mended_key_reaches_the_job_that_used_the_result() -> None:
    first, attempt = finished(right=3)
    operations.apply_score(attempt_id=attempt.pk, now=NOW)
    job, _assessment = make_busy_job(attempt.invitation.version.assessment)
    application = at_the_test(job)
    before = tie_of(application).score
    _mend(attempt)

    apply_pending_scores(now=NOW + 2 * DAY)

    attempt.refresh_from_db()
    assert before != attempt.current_score
    assert tie_of(application).score == tie_of(first).score == attempt.current_score


def _mend(attempt: Attempt) -> None:
    """Let "c" be right of every question, as somebody finds out later."""
    versions = QuestionVersion.objects.filter(pk__in=attempt.questions.values("question_version"))
    for version in versions:
        questions.mend_key(version=version, key=key("c"), reason="Wrong key", by=SYSTEM, now=NOW + DAY)
    tests_of.score_attempt(attempt_id=attempt.pk, cause=ScoreCause.REGRADE, now=NOW + 2 * DAY)


@pytest.mark.django_db
def test_coming_back_to_the_stage_uses_the_result_no_second_time() -> None:
    _first, attempt = finished(right=9)
    job, _assessment = make_busy_job(attempt.invitation.version.assessment)
    application = at_the_test(job)
    back = move(application, "Test", now=NOW + 2 * DAY)

    operations.do_due_actions(now=NOW + 2 * DAY + UNDO_HEARD_FOR)

    # A colleague put them there: no rule takes them away again.
    assert Application.objects.get(pk=back.pk).stage.name == "Test"
    assert StageAction.objects.filter(application=application, code="has_result").count() == 1


@pytest.mark.django_db
def test_whoever_decides_in_the_second_job_sees_the_attempt_and_nobody_else_does() -> None:
    recruiter, stranger = make_recruiter(), make_recruiter()
    _first, attempt = finished(right=9)
    job, _assessment = make_busy_job(attempt.invitation.version.assessment, recruiter=recruiter)
    before = Attempt.objects.filter(pk=attempt.pk).visible_to(actor(recruiter)).exists()

    at_the_test(job)

    assert not before
    assert Attempt.objects.filter(pk=attempt.pk).visible_to(actor(recruiter)).exists()
    assert not Attempt.objects.filter(pk=attempt.pk).visible_to(actor(stranger)).exists()
    assert not Invitation.objects.filter(pk=attempt.invitation_id).visible_to(actor(recruiter)).exists()


def invited_with(
    job: Job, application: Application, test: Assessment, *, by: Actor = SYSTEM, **terms: str
) -> Work:
    work = operations.queue_bulk_invite(
        job=job,
        assessment=test,
        application_ids=[application.pk],
        intent="chosen",
        by=by,
        now=NOW + DAY,
        **terms,
    )
    run_due_work(now=NOW + DAY)
    work.refresh_from_db()
    return work


def preview_of(job: Job, application: Application, test: Assessment) -> InvitePreview:
    return queries.preview_invites(
        job=job, application_ids=[application.pk], assessment=test, actor=SYSTEM, now=NOW + DAY
    )


@pytest.mark.django_db
def test_a_selection_is_invited_and_whose_result_counts_is_asked_for_no_new_one(freeze) -> None:
    freeze(NOW + DAY)
    _first, attempt = finished(right=9, valid_days=30, most_attempts=3, retake_after_days=0)
    job, test = make_busy_job(attempt.invitation.version.assessment)
    application = make_application(job, full_name="Ada", email=ADDRESS)

    administrator = make_administrator()
    preview = preview_of(job, application, test)
    work = invited_with(job, application, test, by=actor(administrator))
    apply_pending_scores(now=NOW + DAY)

    assert (preview.will, preview.reused, preview.skipped, preview.again) == ([], [application], [], 1)
    assert work.result["created"] == 0
    assert work.result["counts"] == [["Invited", 0], ["Have a result that counts here too", 1]]
    assert Invitation.objects.count() == 1
    assert (tie_of(application).reused_attempt, tie_of(application).outcome) == (attempt, "passed")
    assert Application.objects.get(pk=application.pk).stage.name == "Interview"
    assert Event.objects.get(kind="application.result_reused").actor_user == administrator


@pytest.mark.django_db
def test_a_selection_that_is_asked_once_more_for_a_reason_takes_the_test_anew(freeze) -> None:
    freeze(NOW + DAY)
    _first, attempt = finished(right=9, valid_days=30)
    job, test = make_busy_job(attempt.invitation.version.assessment)
    application = make_application(job, full_name="Ada", email=ADDRESS)

    work = invited_with(job, application, test, again_reason="The first one was months ago.")

    assert work.result["created"] == 1
    assert tie_of(application).invitation.again_reason == "The first one was months ago."


@pytest.mark.django_db
def test_a_selection_leaves_out_who_is_invited_to_the_test_for_another_job(freeze) -> None:
    freeze(NOW + DAY)
    first, test = make_test_job()
    invite(make_application(first, full_name="Ada", email=ADDRESS), test)
    job, _test = make_busy_job(test)
    application = make_application(job, full_name="Ada", email=ADDRESS)

    preview = preview_of(job, application, test)
    work = invited_with(job, application, test)

    assert [skip.code for skip in preview.skipped] == ["elsewhere"]
    assert [row["code"] for row in work.result["skipped"]] == ["elsewhere"]
    assert Invitation.objects.count() == 1


@pytest.mark.django_db
def test_results_of_many_are_tied_in_as_many_statements_as_of_one(django_assert_num_queries: Any) -> None:
    administrator = actor(make_administrator())
    assessment, job, ties = make_assessment(questions=2), make_job(), []
    for _person in range(4):
        attempt = sit(invite(make_application(), assessment), right=1)
        ties.append((make_application(job), attempt))

    for part in (ties[:1], ties):
        with django_assert_num_queries(3, info="who has it; the ties; the events"):
            tie_results(results=part, by=administrator, now=NOW)

    assert [tie_of_reused(application).reused_attempt for application, _ in ties] == [
        each for _, each in ties
    ]
    told = Event.objects.filter(kind="application.result_reused").order_by("pk")
    assert [(event.about_id, event.data["attempt"]) for event in told] == [
        (application.pk, attempt.pk) for application, attempt in ties
    ]


def tie_of_reused(application: Application) -> ApplicationAssessment:
    return ApplicationAssessment.objects.get(application=application)
