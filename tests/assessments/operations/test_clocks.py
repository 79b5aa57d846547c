from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Actor
from assessments import signals
from assessments.enums import (
    AdjustmentKind,
    AttemptEventKind,
    AttemptState,
    SaveOutcome,
    ScoreCause,
    SubmittedBy,
)
from assessments.models import Attempt, AttemptEvent, AttemptSection, Score, TimeAdjustment
from assessments.operations import (
    AttemptClosed,
    add_time,
    add_time_to_all,
    close_overdue,
    move_on,
    pause_all,
    pause_attempt,
    reopen_attempt,
    resume_all,
    resume_attempt,
    score_attempt,
    score_submitted,
    start_part,
    submit_attempt,
    void_attempt,
)
from assessments.queries.reading import time_used
from assessments.rules import LATE_ALLOWANCE
from outbox.models import Event
from questions.models import QuestionUsage
from tests.factories.assessments import make_assessment, make_attempt, make_finished, save
from tests.factories.questions import NOW
from tests.factories.sittings import make_sitting, window
from tests.servers.parallel import run_all, run_parallel

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
SECOND, MINUTE, HOUR, TICK = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(microseconds=1),
)


def pause(attempt: Attempt, *, now=NOW + MINUTE, reason="Power cut") -> Attempt:
    return pause_attempt(attempt=attempt, reason=reason, by=SYSTEM, now=now)


def resume(attempt: Attempt, *, now) -> Attempt:
    return resume_attempt(attempt=attempt, reason="It is over", by=SYSTEM, now=now)


def reopen(attempt: Attempt, *, now, minutes=10) -> Attempt:
    return reopen_attempt(attempt=attempt, minutes=minutes, reason="Fire alarm", by=SYSTEM, now=now)


def hand_in(attempt: Attempt, *, now=NOW + MINUTE) -> Attempt:
    return submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=now)


# --- More time ---


def test_more_time_also_stretches_the_part_and_the_question_that_are_open() -> None:
    attempt = make_sitting((2, 10), navigation="forward", question_seconds=60)

    longer = add_time(attempt=attempt, seconds=120, reason="Alarm", by=SYSTEM, now=NOW)

    assert longer.deadline_at == attempt.deadline_at + 2 * MINUTE
    assert longer.window_deadline_at == NOW + 3 * MINUTE
    assert AttemptSection.objects.get().deadline_at == NOW + 12 * MINUTE


def test_taking_time_moves_the_end_alone() -> None:
    attempt = make_sitting((2, 10), navigation="forward", question_seconds=60)

    shorter = add_time(attempt=attempt, seconds=-120, reason="Typing error", by=SYSTEM, now=NOW)

    assert shorter.deadline_at == attempt.deadline_at - 2 * MINUTE
    assert shorter.window_deadline_at == NOW + MINUTE


@pytest.mark.parametrize("seconds", [-2400, -86_400, -30 * 60])
def test_taking_all_the_time_that_is_left_is_refused_in_words(seconds) -> None:
    attempt = make_attempt(make_assessment(minutes=40))

    with pytest.raises(ValidationError) as refused:
        add_time(attempt=attempt, seconds=seconds, reason="x", by=SYSTEM, now=NOW + 10 * MINUTE)

    assert list(refused.value.message_dict) == ["seconds"]
    assert Attempt.objects.get().deadline_at == attempt.deadline_at


def test_taking_all_the_time_by_a_clock_that_was_set_back_is_refused_in_words() -> None:
    attempt = make_attempt(make_assessment(minutes=40))

    with pytest.raises(ValidationError):
        add_time(attempt=attempt, seconds=-2400, reason="x", by=SYSTEM, now=NOW - 10 * MINUTE)

    assert Attempt.objects.get().deadline_at == attempt.deadline_at


def test_time_that_would_come_too_late_is_refused() -> None:
    attempt = make_attempt()

    with pytest.raises(ValidationError):
        add_time(attempt=attempt, seconds=60, reason="x", by=SYSTEM, now=attempt.deadline_at + 2 * MINUTE)


def test_time_taken_from_a_paused_attempt_is_judged_by_its_own_clock() -> None:
    attempt = make_attempt(make_assessment(minutes=40))
    pause(attempt, now=NOW + 10 * MINUTE)

    shorter = add_time(attempt=attempt, seconds=-600, reason="x", by=SYSTEM, now=NOW + 5 * HOUR)

    assert (shorter.deadline_at, shorter.next_check_at) == (NOW + 30 * MINUTE, None)


def test_time_without_a_reason_is_refused() -> None:
    with pytest.raises(ValidationError) as refused:
        add_time(attempt=make_attempt(), seconds=60, reason=" ", by=SYSTEM, now=NOW)

    assert list(refused.value.message_dict) == ["reason"]


# --- Pausing ---


def test_the_clock_of_a_paused_attempt_stands_still_and_then_has_as_much_time_as_before() -> None:
    attempt = make_sitting((2, 10), navigation="forward", question_seconds=60)
    pause(attempt, now=NOW + 30 * SECOND)
    overslept = close_overdue(now=NOW + 5 * HOUR)
    saved = save(attempt, 1, now=NOW + 5 * HOUR).outcome

    after = resume(attempt, now=NOW + 5 * HOUR)

    assert (overslept, saved) == (0, SaveOutcome.SAVED)
    pausing = 5 * HOUR - 30 * SECOND
    assert after.deadline_at == attempt.deadline_at + pausing
    assert after.next_check_at == after.deadline_at + LATE_ALLOWANCE
    assert after.window_deadline_at == NOW + MINUTE + pausing
    assert AttemptSection.objects.get().deadline_at == NOW + 10 * MINUTE + pausing
    assert close_overdue(now=after.next_check_at + TICK) == 1


def test_pausing_twice_keeps_the_first_moment_and_its_reason() -> None:
    attempt = make_attempt()
    pause(attempt, now=NOW + MINUTE, reason="Power cut")

    again = pause(attempt, now=NOW + 2 * MINUTE, reason="Again")

    assert again.paused_at == NOW + MINUTE
    assert list(TimeAdjustment.objects.values_list("kind", "seconds", "reason")) == [
        (AdjustmentKind.PAUSE, 0, "Power cut")
    ]
    kinds = AttemptEvent.objects.values_list("kind", flat=True)
    assert list(kinds) == [AttemptEventKind.PAUSED]


def test_going_on_twice_counts_the_pause_once() -> None:
    attempt = make_attempt()
    pause(attempt)

    for minutes in (5, 9):
        after = resume(attempt, now=NOW + minutes * MINUTE)

    assert after.deadline_at == attempt.deadline_at + 4 * MINUTE
    assert Event.objects.filter(kind="attempt.resumed").count() == 1


def test_a_clock_that_was_set_back_during_a_pause_takes_nothing() -> None:
    attempt = make_attempt()
    pause(attempt, now=NOW + 10 * MINUTE)

    assert resume(attempt, now=NOW + 4 * MINUTE).deadline_at == attempt.deadline_at


def test_a_pause_wants_a_reason_and_an_attempt_that_runs() -> None:
    running, over = make_attempt(), make_attempt()

    with pytest.raises(ValidationError):
        pause(running, reason=" ")
    with pytest.raises(AttemptClosed):
        pause(over, now=over.deadline_at + LATE_ALLOWANCE + TICK)
    hand_in(over)
    with pytest.raises(AttemptClosed):
        pause(over)
    with pytest.raises(AttemptClosed):
        resume(over, now=NOW + MINUTE)


@pytest.mark.parametrize("end", [hand_in, partial(void_attempt, reason="x", by=SYSTEM)])
def test_what_ends_during_a_pause_is_over_and_paused_no_more(end) -> None:
    attempt = make_attempt()
    pause(attempt)

    if end is hand_in:
        hand_in(attempt, now=NOW + 9 * HOUR)
    else:
        end(attempt=attempt, now=NOW + 9 * HOUR)

    after = Attempt.objects.get()
    assert (after.paused_at, after.next_check_at) == (None, None)
    assert after.state in AttemptState.finished


def test_a_pause_in_which_a_test_is_handed_in_is_no_time_that_was_used() -> None:
    attempt = make_attempt(make_assessment(minutes=40))
    pause(attempt, now=NOW + 10 * MINUTE)

    hand_in(attempt, now=NOW + 9 * HOUR)

    after = Attempt.objects.get()
    paused = 9 * HOUR - 10 * MINUTE
    assert (after.submitted_at, after.submitted_by) == (NOW + 9 * HOUR, "candidate")
    assert after.deadline_at == NOW + 40 * MINUTE + paused
    adjustments = list(after.adjustments.order_by("at", "pk"))
    assert [each.seconds for each in adjustments] == [0, int(paused.total_seconds())]
    assert time_used(after, adjustments) == 10 * MINUTE
    hand_in(after, now=NOW + 10 * HOUR)
    assert after.adjustments.count() == 2


def test_pausing_and_handing_in_at_once_leave_one_of_both(transactional_db, race_rounds) -> None:
    test = make_assessment(questions=1)
    for _ in range(max(1, race_rounds // 2)):
        attempt = make_attempt(test)

        outcomes = run_all([partial(pause, attempt), partial(hand_in, attempt)])

        refused = [one for one in outcomes if isinstance(one, Exception)]
        assert all(isinstance(one, AttemptClosed) for one in refused), outcomes
        after = Attempt.objects.get(pk=attempt.pk)
        assert (after.state, after.paused_at) == (AttemptState.SUBMITTED, None)


def test_going_on_and_more_time_by_several_colleagues_at_once_all_count_once(
    transactional_db, race_rounds
) -> None:
    test = make_assessment(questions=1)
    for _ in range(max(1, race_rounds // 2)):
        attempt = make_attempt(test)
        pause(attempt)

        outcomes = run_all(
            [
                partial(resume, attempt, now=NOW + 11 * MINUTE),
                partial(resume, attempt, now=NOW + 11 * MINUTE),
                partial(add_time, attempt=attempt, seconds=60, reason="x", by=SYSTEM, now=NOW),
                partial(resume_all, attempt_ids=[attempt.pk], reason="x", by=SYSTEM, now=NOW + 11 * MINUTE),
            ]
        )

        assert not any(isinstance(one, Exception) for one in outcomes), outcomes
        after = Attempt.objects.get(pk=attempt.pk)
        assert after.deadline_at == attempt.deadline_at + 11 * MINUTE
        assert after.next_check_at == after.deadline_at + LATE_ALLOWANCE


# --- Everyone ---


def test_everyone_gets_time_is_paused_and_goes_on_and_others_are_passed_over() -> None:
    assessment = make_assessment(questions=1)
    running = [make_attempt(assessment) for _ in range(3)]
    over = make_finished(assessment)
    everyone = {"attempt_ids": [one.pk for one in (*running, over)], "by": SYSTEM}

    given = add_time_to_all(seconds=60, reason="Alarm", now=NOW, **everyone)
    paused = pause_all(reason="Alarm", now=NOW + MINUTE, **everyone)
    moving = resume_all(reason="Power is back", now=NOW + 3 * MINUTE, **everyone)

    assert (given, paused, moving) == (3, 3, 3)
    moved = {one.pk: one.deadline_at + 3 * MINUTE for one in running} | {over.pk: over.deadline_at}
    assert dict(Attempt.objects.values_list("pk", "deadline_at")) == moved
    assert Event.objects.filter(kind="attempt.paused").count() == 3


@pytest.mark.parametrize("count", [1, 3])
# Hold and read, sum the adjustments (twice: whom it would help, and the new deadlines), write the adjustments, the
# attempts, the events.
def test_giving_everyone_time_costs_the_same_for_one_and_three(count) -> None:
    assessment = make_assessment(questions=1)
    ids = [make_attempt(assessment).pk for _ in range(count)]

    with CaptureQueriesContext(connection) as captured:
        add_time_to_all(attempt_ids=ids, seconds=60, reason="Alarm", by=SYSTEM, now=NOW)

    assert len([query for query in captured if "SAVEPOINT" not in query["sql"]]) == 6


def test_everyone_by_two_colleagues_at_once_waits_for_nobody_for_ever(transactional_db, race_rounds) -> None:
    assessment = make_assessment(questions=1)
    ids = [make_attempt(assessment).pk for _ in range(8)]
    for _ in range(max(1, race_rounds // 4)):
        given = {"seconds": 60, "reason": "x", "by": SYSTEM, "now": NOW}

        outcomes = run_all(
            [
                partial(add_time_to_all, attempt_ids=ids, **given),
                partial(add_time_to_all, attempt_ids=ids[::-1], **given),
                partial(pause_all, attempt_ids=ids[::-1], reason="x", by=SYSTEM, now=NOW),
            ]
        )

        assert outcomes[:2] == [8, 8]
        assert outcomes[2] in (0, 8)


# --- Reopening ---


def test_who_is_reopened_goes_on_and_is_scored_anew_and_the_old_score_stays() -> None:
    attempt = make_finished(make_assessment(questions=2), right=1)
    first = attempt.current_score

    opened = reopen(attempt, now=NOW + 2 * HOUR)
    between = Attempt.objects.get(pk=attempt.pk).current_score
    save(attempt, 2, ["a"], now=NOW + 2 * HOUR, base_version=1)
    hand_in(attempt, now=NOW + 2 * HOUR + MINUTE)
    score_submitted(now=NOW + 3 * HOUR)

    assert (opened.deadline_at, opened.sitting) == (NOW + 2 * HOUR + 10 * MINUTE, 2)
    assert opened.next_check_at == opened.deadline_at + LATE_ALLOWANCE
    assert between is None
    after = Attempt.objects.get(pk=attempt.pk)
    assert [str(one.percent) for one in Score.objects.order_by("pk")] == ["50.000", "100.000"]
    assert (first.pk, after.current_score.percent) == (Score.objects.order_by("pk")[0].pk, 100)


def test_a_reopened_attempt_counts_its_questions_as_shown_once() -> None:
    attempt = make_finished(make_assessment(questions=1))
    reopen(attempt, now=NOW + HOUR)
    hand_in(attempt, now=NOW + HOUR)

    score_submitted(now=NOW + 2 * HOUR)

    assert list(QuestionUsage.objects.values_list("shown", flat=True)) == [1]


def test_an_attempt_that_was_reopened_before_its_first_score_counts_its_questions() -> None:
    attempt = make_finished(make_assessment(questions=1), score=False)
    reopen(attempt, now=NOW + HOUR)
    hand_in(attempt, now=NOW + HOUR)

    score_submitted(now=NOW + 2 * HOUR)

    assert list(QuestionUsage.objects.values_list("shown", flat=True)) == [1]


def test_reopening_twice_changes_nothing_more() -> None:
    attempt = make_finished()
    reopen(attempt, now=NOW + HOUR)

    again = reopen(attempt, now=NOW + 2 * HOUR)

    assert (again.sitting, again.deadline_at) == (2, NOW + HOUR + 10 * MINUTE)
    assert Event.objects.filter(kind="attempt.reopened").count() == 1


def test_what_is_void_or_was_followed_by_another_attempt_is_not_reopened() -> None:
    void, followed = make_finished(), make_finished()
    void_attempt(attempt=void, reason="x", by=SYSTEM, now=NOW)
    Attempt.objects.create(
        invitation=followed.invitation,
        number=2,
        seed=1,
        started_at=NOW,
        deadline_at=NOW + HOUR,
        open_to=1,
    )

    for attempt in (void, followed):
        with pytest.raises(AttemptClosed):
            reopen(attempt, now=NOW + HOUR)


@pytest.mark.parametrize("minutes", [0, -1, 24 * 60 + 1])
def test_reopening_wants_a_time_that_makes_sense(minutes) -> None:
    with pytest.raises(ValidationError) as refused:
        reopen(make_finished(), now=NOW + HOUR, minutes=minutes)

    assert list(refused.value.message_dict) == ["minutes"]


def test_who_is_reopened_in_mid_test_goes_on_there_without_the_limit_that_ran_out() -> None:
    attempt = make_sitting((2, 10), (2, 5), navigation="forward", question_seconds=60)
    move_on(attempt_id=attempt.pk, leaving=1, now=NOW + MINUTE)
    hand_in(attempt)

    opened = reopen(attempt, now=NOW + HOUR, minutes=30)
    saved = save(attempt, 2, now=NOW + HOUR + 20 * MINUTE).outcome
    closed = save(attempt, 1, now=NOW + HOUR + 20 * MINUTE).outcome

    assert (opened.open_from, opened.open_to, opened.window_deadline_at) == (2, 2, None)
    assert (saved, closed) == (SaveOutcome.SAVED, SaveOutcome.LOCKED)


def test_who_is_reopened_between_two_parts_starts_the_next_one_with_its_limit() -> None:
    attempt = make_sitting((1, 10), (1, 5))
    move_on(attempt_id=attempt.pk, leaving=1, now=NOW + MINUTE)
    hand_in(attempt)

    reopen(attempt, now=NOW + HOUR, minutes=30)
    started = start_part(attempt_id=attempt.pk, first=2, now=NOW + HOUR)

    assert (started.open_from, started.window_deadline_at) == (2, NOW + HOUR + 5 * MINUTE)


@pytest.mark.parametrize(("navigation", "opened"), [("forward", (4, 4)), ("free", (3, 4))])
def test_who_had_left_everything_gets_the_last_question_or_part_again(navigation, opened) -> None:
    attempt = make_sitting((2, 10), (2, 5), navigation=navigation)
    for leaving in (1, 2, 3, 4):
        move_on(attempt_id=attempt.pk, leaving=leaving, now=NOW + MINUTE)
        start_part(attempt_id=attempt.pk, first=3, now=NOW + MINUTE)
    hand_in(attempt)

    reopen(attempt, now=NOW + HOUR)

    assert window(attempt) == opened
    assert save(attempt, 4, now=NOW + HOUR).outcome == SaveOutcome.SAVED


def test_reopening_tells_the_pipeline_that_no_score_is_in_force(django_capture_on_commit_callbacks) -> None:
    attempt = make_finished()
    heard = []

    def hear(sender, attempt_id, score_id, **kwargs) -> None:
        heard.append((attempt_id, score_id))

    signals.attempt_scored.connect(hear)
    with django_capture_on_commit_callbacks(execute=True):
        reopen(attempt, now=NOW + HOUR)
    signals.attempt_scored.disconnect(hear)

    assert heard == [(attempt.pk, None)]


def test_reopening_and_scoring_at_once_never_put_an_old_score_in_force(transactional_db, race_rounds) -> None:
    assessment = make_assessment(questions=1)
    for _ in range(max(1, race_rounds // 2)):
        attempt = make_finished(assessment, score=False)

        outcomes = run_all(
            [
                partial(reopen, attempt, now=NOW + HOUR),
                partial(score_attempt, attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=NOW),
                partial(reopen, attempt, now=NOW + HOUR),
            ]
        )

        after = Attempt.objects.get(pk=attempt.pk)
        assert isinstance(outcomes[0], Attempt), outcomes
        assert isinstance(outcomes[2], Attempt), outcomes
        assert (after.state, after.sitting, after.current_score) == (AttemptState.IN_PROGRESS, 2, None)
        run_parallel(partial(close_overdue, now=after.next_check_at + TICK), 2)
        assert Attempt.objects.get(pk=attempt.pk).state == AttemptState.SUBMITTED
