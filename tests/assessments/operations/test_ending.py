from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from accounts.models import Actor
from assessments import signals
from assessments.enums import AttemptState, SaveOutcome, ScoreCause, SubmittedBy
from assessments.models import AnswerRevision, Attempt, AttemptQuestion, Score, TimeAdjustment
from assessments.operations import (
    AttemptClosed,
    SaveReply,
    add_time,
    close_overdue,
    score_attempt,
    score_submitted,
    submit_attempt,
    void_attempt,
)
from assessments.operations.attempts import PAGES_CLOCK
from assessments.rules import LATE_ALLOWANCE
from assessments.tasks import close_overdue as close_overdue_task
from outbox.models import Event
from tests.factories.accounts import make_recruiter
from tests.factories.assessments import make_assessment, make_attempt, make_finished, save
from tests.factories.questions import NOW
from tests.servers.parallel import run_all, run_parallel

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
MINUTE, TICK = timedelta(minutes=1), timedelta(microseconds=1)


def submit(attempt: Attempt, *, now, by: SubmittedBy = SubmittedBy.CANDIDATE) -> Attempt:
    return submit_attempt(attempt_id=attempt.pk, submitted_by=by, now=now)


# --- Submit ---


def test_submit_ends_the_attempt_now_and_asks_for_a_score() -> None:
    attempt = make_attempt()

    ended = submit(attempt, now=NOW + MINUTE)

    assert (ended.state, ended.submitted_by, ended.submitted_at) == (
        AttemptState.SUBMITTED,
        SubmittedBy.CANDIDATE,
        NOW + MINUTE,
    )
    assert (ended.next_check_at, ended.score_due_at) == (None, NOW + MINUTE)
    assert Event.objects.filter(kind="attempt.submitted", about_id=attempt.pk).count() == 1


def test_submit_again_keeps_the_first_moment() -> None:
    attempt = make_attempt()
    submit(attempt, now=NOW + MINUTE)

    again = submit(attempt, now=NOW + 2 * MINUTE)

    assert again.submitted_at == NOW + MINUTE
    assert Event.objects.filter(kind="attempt.submitted").count() == 1


def test_submit_within_the_allowance_is_the_candidates_and_later_is_dated_the_deadline() -> None:
    assessment = make_assessment()
    last, late = make_attempt(assessment), make_attempt(assessment)

    in_time = submit(last, now=last.deadline_at + LATE_ALLOWANCE)
    too_late = submit(late, now=late.deadline_at + LATE_ALLOWANCE + TICK)

    assert (in_time.submitted_by, in_time.submitted_at) == (
        SubmittedBy.CANDIDATE,
        last.deadline_at + LATE_ALLOWANCE,
    )
    assert (too_late.submitted_by, too_late.submitted_at) == (SubmittedBy.DEADLINE, late.deadline_at)


@pytest.mark.parametrize(
    ("moment", "by"),
    [
        (-3 * TICK - PAGES_CLOCK, SubmittedBy.CANDIDATE),
        (-PAGES_CLOCK, SubmittedBy.DEADLINE),
        (LATE_ALLOWANCE, SubmittedBy.DEADLINE),
    ],
)
def test_page_that_hands_in_when_its_clock_is_at_the_end_is_the_deadline(moment, by) -> None:
    attempt = make_attempt()
    now = attempt.deadline_at + moment

    ended = submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, unasked=True, now=now)

    assert (ended.submitted_by, ended.submitted_at) == (by, now)


def test_close_overdue_leaves_attempts_alone_up_to_and_including_the_allowance() -> None:
    attempt = make_attempt()

    early = close_overdue(now=attempt.deadline_at + LATE_ALLOWANCE)
    closed = close_overdue(now=attempt.deadline_at + LATE_ALLOWANCE + TICK)

    assert (early, closed) == (0, 1)
    attempt.refresh_from_db()
    assert (attempt.state, attempt.submitted_by) == (AttemptState.SUBMITTED, SubmittedBy.DEADLINE)
    assert attempt.submitted_at == attempt.deadline_at


def test_close_overdue_task_closes_what_is_over(freeze) -> None:
    over, running = make_attempt(now=NOW), make_attempt(now=NOW + timedelta(minutes=30))
    freeze(over.deadline_at + MINUTE)

    close_overdue_task()

    states = dict(Attempt.objects.values_list("pk", "state"))
    assert states == {over.pk: AttemptState.SUBMITTED, running.pk: AttemptState.IN_PROGRESS}


def test_worker_that_looked_before_time_was_added_ends_nothing() -> None:
    attempt = make_attempt()
    add_time(attempt=attempt, seconds=600, reason="Fire alarm", by=SYSTEM, now=NOW)

    after = submit(attempt, by=SubmittedBy.DEADLINE, now=attempt.deadline_at + MINUTE)

    assert after.state == AttemptState.IN_PROGRESS


def test_case_49_double_submit_twenty_at_once_are_one_submission_and_one_score(
    transactional_db, race_rounds
) -> None:
    assessment = make_assessment(questions=2)
    for _ in range(max(1, race_rounds // 10)):
        submit_together(assessment)


@pytest.mark.stress
def test_case_49_double_submit_200_rounds(transactional_db) -> None:
    assessment = make_assessment(questions=2)
    for _ in range(200):
        submit_together(assessment)


def submit_together(assessment) -> None:
    attempt = make_attempt(assessment)

    ended = run_parallel(partial(submit, attempt, now=NOW + MINUTE), 20)
    scored = run_parallel(partial(score_submitted, now=NOW + 2 * MINUTE), 4)

    assert {(one.pk, one.state, one.submitted_at) for one in ended} == {
        (attempt.pk, AttemptState.SUBMITTED, NOW + MINUTE)
    }
    assert Event.objects.filter(about_id=attempt.pk, kind="attempt.submitted").count() == 1
    assert sum(scored) == 1
    assert Score.objects.filter(attempt=attempt).count() == 1


def test_case_50_submit_vs_save_an_acknowledged_answer_is_in_what_is_scored(
    transactional_db, race_rounds
) -> None:
    race_saves_with_a_submit(race_rounds)


@pytest.mark.stress
def test_case_50_submit_vs_save_500_rounds(transactional_db) -> None:
    race_saves_with_a_submit(500)


def race_saves_with_a_submit(rounds: int) -> None:
    assessment = make_assessment(questions=3)
    refused = 0
    for _ in range(rounds):
        attempt = make_attempt(assessment)

        *saves, ended = run_all(
            [
                partial(save, attempt, 1, ["a"], now=NOW + MINUTE),
                partial(save, attempt, 2, ["a"], now=NOW + MINUTE),
                partial(save, attempt, 3, ["a"], now=NOW + MINUTE),
                partial(submit, attempt, now=NOW + MINUTE),
            ]
        )

        assert all(isinstance(reply, SaveReply) for reply in saves), saves
        assert isinstance(ended, Attempt), ended
        score = score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=NOW + MINUTE)
        for position, reply in enumerate(saves, start=1):
            acknowledged = reply.outcome == SaveOutcome.SAVED
            refused += not acknowledged
            assert score.mark_at(position) == ("1" if acknowledged else "0")
    assert AnswerRevision.objects.count() == 3 * rounds - refused


def test_case_51_submit_vs_autoclose_has_one_winner(transactional_db, race_rounds) -> None:
    assessment = make_assessment(questions=1)
    for _ in range(race_rounds):
        attempt = make_attempt(assessment)
        edge = attempt.deadline_at + LATE_ALLOWANCE

        outcomes = run_all(
            [
                partial(submit, attempt, now=edge),
                partial(close_overdue, now=edge + TICK),
                partial(submit, attempt, now=edge + TICK),
            ]
        )

        assert not any(isinstance(outcome, Exception) for outcome in outcomes), outcomes
        ended = Attempt.objects.get(pk=attempt.pk)
        assert (ended.submitted_by, ended.submitted_at) in (
            (SubmittedBy.CANDIDATE, edge),
            (SubmittedBy.DEADLINE, attempt.deadline_at),
        )
        assert Event.objects.filter(about_id=attempt.pk, kind="attempt.submitted").count() == 1


# --- Correct ---


def test_add_time_moves_the_deadline_and_adds_up() -> None:
    attempt = make_attempt(make_assessment(minutes=40), extra_seconds=60)
    by = Actor.of_user(make_recruiter())

    add_time(attempt=attempt, seconds=300, reason="Power cut", by=by, now=NOW)
    changed = add_time(attempt=attempt, seconds=-60, reason="Fire alarm", by=by, now=NOW)

    assert changed.deadline_at == NOW + timedelta(minutes=45)
    attempt.refresh_from_db()
    assert (attempt.deadline_at, attempt.next_check_at) == (
        NOW + timedelta(minutes=45),
        NOW + timedelta(minutes=45) + LATE_ALLOWANCE,
    )
    assert TimeAdjustment.objects.filter(by=by.user).count() == 2


def test_add_time_reaches_the_open_page_with_its_next_save() -> None:
    attempt = make_attempt()
    longer = add_time(attempt=attempt, seconds=300, reason="Fire alarm", by=SYSTEM, now=NOW)

    assert save(attempt, now=NOW + MINUTE).deadline_at == longer.deadline_at


@pytest.mark.parametrize("seconds", [0, 86_401, -86_401])
def test_add_time_of_nothing_or_more_than_a_day_is_refused(seconds) -> None:
    with pytest.raises(ValidationError) as refused:
        add_time(attempt=make_attempt(), seconds=seconds, reason="Fire alarm", by=SYSTEM, now=NOW)

    assert list(refused.value.message_dict) == ["seconds"]


def test_taking_time_until_the_past_is_refused_and_nothing_is_written() -> None:
    attempt = make_attempt(make_assessment(minutes=40))

    with pytest.raises(ValidationError):
        add_time(
            attempt=attempt, seconds=-1800, reason="Fire alarm", by=SYSTEM, now=NOW + timedelta(minutes=20)
        )

    assert not TimeAdjustment.objects.exists()
    assert Attempt.objects.get().deadline_at == attempt.deadline_at


def test_add_time_to_an_attempt_that_is_over_is_refused() -> None:
    attempt = make_attempt()
    submit(attempt, now=NOW)

    with pytest.raises(AttemptClosed):
        add_time(attempt=attempt, seconds=60, reason="Fire alarm", by=SYSTEM, now=NOW)


def test_add_time_by_two_colleagues_at_once_counts_both(transactional_db, race_rounds) -> None:
    assessment = make_assessment(questions=1)
    for _ in range(race_rounds):
        attempt = make_attempt(assessment)

        run_parallel(
            partial(add_time, attempt=attempt, seconds=60, reason="Fire alarm", by=SYSTEM, now=NOW), 2
        )

        moved = Attempt.objects.get(pk=attempt.pk).deadline_at - attempt.deadline_at
        assert moved == timedelta(minutes=2)


def test_void_keeps_the_attempt_and_tells_the_pipeline(django_capture_on_commit_callbacks) -> None:
    attempt = make_finished()
    heard = []

    def hear(sender, attempt_id, score_id, **kwargs) -> None:
        heard.append((attempt_id, score_id))

    signals.attempt_scored.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        void_attempt(attempt=attempt, reason="Somebody else took it", by=SYSTEM, now=NOW)
        void_attempt(attempt=attempt, reason="Again", by=SYSTEM, now=NOW)
    signals.attempt_scored.disconnect(hear)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.void_reason) == (AttemptState.VOID, "Somebody else took it")
    assert heard == [(attempt.pk, None)]
    assert AttemptQuestion.objects.filter(attempt=attempt).exists()


def test_void_wants_a_reason() -> None:
    with pytest.raises(ValidationError):
        void_attempt(attempt=make_attempt(), reason=" ", by=SYSTEM, now=NOW)
