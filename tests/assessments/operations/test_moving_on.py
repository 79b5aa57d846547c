from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from accounts.models import Actor
from assessments.enums import AttemptEventKind, AttemptState, SaveOutcome, SubmittedBy
from assessments.models import AnswerRevision, Attempt, AttemptEvent, AttemptSection
from assessments.operations import (
    SaveReply,
    add_time,
    move_on,
    pause_attempt,
    resume_attempt,
    start_part,
    submit_attempt,
    take_buffer,
)
from assessments.rules import LATE_ALLOWANCE
from tests.factories.assessments import make_attempt, save
from tests.factories.questions import NOW
from tests.factories.sittings import make_pieces, make_sitting, window
from tests.servers.parallel import run_all, run_parallel

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
SECOND, MINUTE, TICK = timedelta(seconds=1), timedelta(minutes=1), timedelta(microseconds=1)


def on(attempt: Attempt, leaving: int, *, now=NOW + MINUTE) -> Attempt:
    return move_on(attempt_id=attempt.pk, leaving=leaving, now=now)


def start(attempt: Attempt, first: int, *, now=NOW + MINUTE) -> Attempt:
    return start_part(attempt_id=attempt.pk, first=first, now=now)


def outcome(attempt: Attempt, position: int, *, now=NOW + MINUTE) -> SaveOutcome:
    return save(attempt, position, now=now).outcome


# --- Forward only ---


def test_a_forward_test_opens_one_question_after_the_other_and_never_an_older_one() -> None:
    attempt = make_sitting((3, None), navigation="forward")
    before = [outcome(attempt, place) for place in (1, 2)]

    on(attempt, 1)

    assert before == [SaveOutcome.SAVED, SaveOutcome.LOCKED]
    assert window(attempt) == (2, 2)
    assert [outcome(attempt, place) for place in (1, 2, 3)] == [
        SaveOutcome.LOCKED,
        SaveOutcome.SAVED,
        SaveOutcome.LOCKED,
    ]


def test_a_press_that_comes_twice_or_from_an_older_page_moves_on_once() -> None:
    attempt = make_sitting((3, None), navigation="forward")

    for leaving in (1, 1, 3, 1):
        on(attempt, leaving)

    assert window(attempt) == (2, 2)


def test_behind_the_last_question_nothing_is_open_and_the_test_waits_to_be_handed_in() -> None:
    attempt = make_sitting((2, None), navigation="forward")

    for leaving in (1, 2, 2, 3):
        on(attempt, leaving)

    assert window(attempt) == (3, 2)
    assert [outcome(attempt, place) for place in (1, 2)] == [SaveOutcome.LOCKED] * 2
    assert Attempt.objects.get().state == AttemptState.IN_PROGRESS


def test_a_test_one_moves_about_in_freely_has_no_places_to_leave() -> None:
    attempt = make_sitting((3, None))

    on(attempt, 1)

    assert window(attempt) == (1, 3)
    assert not AttemptSection.objects.exists()


def test_nothing_moves_once_the_test_is_over_or_while_it_is_paused() -> None:
    over, late, paused = (make_sitting((2, None), navigation="forward") for _ in range(3))
    submit_attempt(attempt_id=over.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)
    pause_attempt(attempt=paused, reason="Power cut", by=SYSTEM, now=NOW)

    on(over, 1)
    on(late, 1, now=late.deadline_at + LATE_ALLOWANCE + TICK)
    on(paused, 1)

    assert [window(attempt) for attempt in (over, late, paused)] == [(1, 1)] * 3


# --- Parts ---


def test_a_part_opens_when_its_person_starts_it_and_costs_nothing_before() -> None:
    attempt = make_sitting((2, 10), (1, 5), (1, None))
    on(attempt, 2, now=NOW + 3 * MINUTE)
    between = window(attempt)
    early = outcome(attempt, 3, now=NOW + 4 * MINUTE)

    started = start(attempt, 3, now=NOW + 9 * MINUTE)

    assert (between, early) == ((3, 2), SaveOutcome.LOCKED)
    assert (started.open_from, started.open_to) == (3, 3)
    assert started.window_deadline_at == NOW + 14 * MINUTE
    assert outcome(attempt, 3, now=NOW + 10 * MINUTE) == SaveOutcome.SAVED
    assert AttemptEvent.objects.filter(kind=AttemptEventKind.MOVED_ON).get().data == {"position": 2}


def test_only_the_next_part_can_be_started_and_only_once() -> None:
    attempt = make_sitting((1, 10), (1, 5), (1, 5))

    for first in (1, 2, 3):
        start(attempt, first)
    assert window(attempt) == (1, 1)
    on(attempt, 1)
    for first in (3, 1):
        start(attempt, first)
    assert window(attempt) == (2, 1)
    start(attempt, 2, now=NOW + 2 * MINUTE)
    start(attempt, 2, now=NOW + 4 * MINUTE)

    assert Attempt.objects.get().window_deadline_at == NOW + 7 * MINUTE


def test_a_part_is_closed_by_its_time_and_the_answers_until_then_stay() -> None:
    attempt = make_sitting((2, 10), (1, None))
    saved = outcome(attempt, 1, now=NOW + 10 * MINUTE + LATE_ALLOWANCE)

    late = outcome(attempt, 2, now=NOW + 10 * MINUTE + LATE_ALLOWANCE + TICK)
    on(attempt, 1, now=NOW + 20 * MINUTE)

    assert (saved, late) == (SaveOutcome.SAVED, SaveOutcome.LOCKED)
    assert window(attempt) == (3, 2)
    assert AnswerRevision.objects.count() == 1


def test_when_the_time_of_a_part_is_over_the_rest_of_it_is_passed_over() -> None:
    attempt = make_sitting((3, 10), (1, None), navigation="forward")

    on(attempt, 1, now=NOW + 10 * MINUTE)

    assert window(attempt) == (4, 3)


def test_extra_time_stretches_every_limit_of_a_person() -> None:
    attempt = make_sitting((1, 10), (1, 3), minutes=40, extra_seconds=600)
    first = attempt.window_deadline_at
    on(attempt, 1)

    second = start(attempt, 2).window_deadline_at

    assert (first, second) == (NOW + timedelta(minutes=12, seconds=30), NOW + MINUTE + 225 * SECOND)


# --- A limit a question ---


def test_a_question_with_a_limit_ends_with_it_and_the_next_has_its_own() -> None:
    attempt = make_sitting((2, None), navigation="forward", question_seconds=60)
    late = outcome(attempt, 1, now=NOW + 66 * SECOND)

    after = on(attempt, 1, now=NOW + 5 * MINUTE)

    assert late == SaveOutcome.LOCKED
    assert (after.open_from, after.window_deadline_at) == (2, NOW + 6 * MINUTE)


def test_a_question_never_lasts_longer_than_its_part() -> None:
    attempt = make_sitting((2, 1), navigation="forward", question_seconds=45, buffer_seconds=30)

    second = on(attempt, 1, now=NOW + 30 * SECOND)
    buffered = take_buffer(attempt_id=attempt.pk, place=2, now=NOW + 40 * SECOND)

    assert second.window_deadline_at == buffered.window_deadline_at == NOW + MINUTE


def test_one_tap_gives_a_little_more_time_once_a_question() -> None:
    attempt = make_sitting((2, None), navigation="forward", question_seconds=60, buffer_seconds=30)

    for _ in range(2):
        longer = take_buffer(attempt_id=attempt.pk, place=1, now=NOW + 62 * SECOND)

    assert (longer.window_deadline_at, longer.is_buffer_used) == (NOW + 90 * SECOND, True)
    assert AttemptEvent.objects.filter(kind=AttemptEventKind.BUFFER_USED).count() == 1
    assert on(attempt, 1, now=NOW + 80 * SECOND).is_buffer_used is False


@pytest.mark.parametrize(
    ("place", "seconds", "limits"),
    [
        (2, 10, {"question_seconds": 60}),
        (1, 66, {"question_seconds": 60}),
        (1, 10, {"question_seconds": 60, "buffer_seconds": 0}),
        (1, 10, {}),
    ],
)
def test_no_more_time_for_another_question_too_late_or_where_none_is_offered(place, seconds, limits) -> None:
    attempt = make_sitting((2, None), navigation="forward", **limits)

    after = take_buffer(attempt_id=attempt.pk, place=place, now=NOW + seconds * SECOND)

    assert (after.window_deadline_at, after.is_buffer_used) == (attempt.window_deadline_at, False)


def test_a_pause_opens_no_question_again_whose_time_was_over() -> None:
    attempt = make_sitting((2, None), navigation="forward", question_seconds=60)
    pause_attempt(attempt=attempt, reason="Power cut", by=SYSTEM, now=NOW + 70 * SECOND)

    during = outcome(attempt, 1, now=NOW + 80 * SECOND)
    resume_attempt(attempt=attempt, reason="It is over", by=SYSTEM, now=NOW + 5 * MINUTE)
    after = outcome(attempt, 1, now=NOW + 5 * MINUTE)

    assert (during, after) == (SaveOutcome.LOCKED, SaveOutcome.LOCKED)


# --- Races ---


def test_two_presses_of_next_at_once_move_on_once(transactional_db, race_rounds) -> None:
    test = make_pieces((3, None), navigation="forward")
    for _ in range(max(1, race_rounds // 2)):
        attempt = make_attempt(test)

        moved = run_parallel(partial(on, attempt, 1), 4)

        assert {(one.open_from, one.open_to) for one in moved} == {(2, 2)}, moved


def test_a_save_and_next_at_once_an_acknowledged_answer_is_stored_and_a_closed_one_never_changes(
    transactional_db, race_rounds
) -> None:
    test = make_pieces((2, None), navigation="forward")
    for _ in range(max(1, race_rounds // 2)):
        attempt = make_attempt(test)

        *saves, moved = run_all(
            [
                partial(save, attempt, 1, ["a"], now=NOW + MINUTE),
                partial(save, attempt, 2, ["b"], now=NOW + MINUTE),
                partial(on, attempt, 1),
            ]
        )

        assert isinstance(moved, Attempt), moved
        assert all(isinstance(reply, SaveReply) for reply in saves), saves
        stored = set(AnswerRevision.objects.filter(attempt=attempt).values_list("position", flat=True))
        assert stored == {
            place for place, reply in enumerate(saves, start=1) if reply.outcome == SaveOutcome.SAVED
        }
        assert window(attempt) == (2, 2)


def test_next_submit_pause_and_more_time_at_once_leave_one_clear_state(transactional_db, race_rounds) -> None:
    test = make_pieces((1, 10), (1, 5), navigation="forward", question_seconds=60)
    for _ in range(max(1, race_rounds // 2)):
        attempt = make_attempt(test)

        outcomes = run_all(
            [
                partial(on, attempt, 1, now=NOW + SECOND),
                partial(take_buffer, attempt_id=attempt.pk, place=1, now=NOW + SECOND),
                partial(add_time, attempt=attempt, seconds=60, reason="Alarm", by=SYSTEM, now=NOW + SECOND),
                partial(pause_attempt, attempt=attempt, reason="Alarm", by=SYSTEM, now=NOW + SECOND),
            ]
        )

        assert all(isinstance(one, Attempt) for one in outcomes), outcomes
        after = Attempt.objects.get(pk=attempt.pk)
        assert after.deadline_at == attempt.deadline_at + MINUTE
        assert (after.paused_at, after.next_check_at) == (NOW + SECOND, None)
        assert (after.open_from, after.open_to) in ((1, 1), (2, 1))
        part = AttemptSection.objects.get(attempt=attempt, first=1)
        given = 60 * SECOND if part.deadline_at == NOW + 11 * MINUTE else 0 * SECOND
        if after.open_from == 1:
            tapped = 30 * SECOND if after.is_buffer_used else 0 * SECOND
            assert after.window_deadline_at == NOW + MINUTE + given + tapped
        else:
            assert after.window_deadline_at is None
