"""Attempts are marked again by a mended key: looked at first, decided with a reason, done once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.enums import Role
from accounts.models import Actor
from assessments import operations
from assessments.enums import Band, CandidateSees, RegradeState, ScoreCause
from assessments.models import Assessment, Attempt, RegradeRequest, Score
from assessments.operations import regrading
from assessments.operations.regrading import leave_marks, look_at_regrade, mark_again
from assessments.queries import released
from assessments.queries.regrading import attempts_to_mark, may_mark_again, open_regrades, read_regrades
from outbox.enums import WorkState
from outbox.models import Event, Work
from outbox.operations import run_due_work
from questions import operations as questions
from questions.models import AnswerKey, QuestionVersion
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment, make_finished, make_regrade
from tests.factories.hiring import invite, make_application, make_job, sit
from tests.factories.questions import NOW, key, make_question

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


@pytest.fixture
def boss(db: None) -> Actor:
    return Actor.of_user(make_user(Role.ADMINISTRATOR))


@pytest.fixture
def assessment(db: None) -> Assessment:
    """A test of two questions that both are drawn, with "a" right in each; half of it is a pass."""
    return make_assessment(questions=2, shuffle_questions=False, pass_mark=50, borderline_from=40)


def work_off() -> None:
    now = max(Work.objects.values_list("due_at", flat=True), default=NOW) + timedelta(seconds=1)
    while run_due_work(now=now):
        pass


def percents(attempt: Attempt) -> list[tuple[str, int]]:
    """Every score of an attempt with its cause, the first given first."""
    return [(score.cause, int(score.percent)) for score in attempt.scores.order_by("pk")]


def wrong_key(attempt: Attempt) -> RegradeRequest:
    """The first question's key was wrong: "b" is right, which whoever got nothing right had chosen."""
    return make_regrade(attempt, position=1, right="b")


def test_look_says_who_changes_by_how_much_and_writes_no_score(assessment, boss) -> None:
    nothing, all_of_it = make_finished(assessment, right=0), make_finished(assessment)
    request = wrong_key(nothing)
    before = list(Score.objects.values_list("pk", "percent"))

    look_at_regrade(request=request, intent="one", by=boss, now=NOW)
    work_off()

    work = operations.latest_look(request)
    assert work is not None
    assert work.result["tally"] == {"attempts": 2, "crossing": 1, "higher": 1, "lower": 1}
    assert [(row[0], row[1], row[2], row[3], row[4]) for row in work.result["changes"]] == [
        (nothing.pk, "0.000", "50.000", Band.BELOW, Band.PASSED),
        (all_of_it.pk, "100.000", "50.000", Band.PASSED, Band.PASSED),
    ]
    assert list(Score.objects.values_list("pk", "percent")) == before
    assert RegradeRequest.objects.get().state == RegradeState.OPEN


def test_marking_again_gives_each_one_more_score_and_keeps_the_earlier_ones(
    assessment, boss, django_capture_on_commit_callbacks, monkeypatch
) -> None:
    nothing, all_of_it = make_finished(assessment, right=0), make_finished(assessment)
    other = make_finished(make_assessment())
    request = wrong_key(nothing)
    heard: list[tuple[int, int | None]] = []

    def hear(attempt_id: int, score_id: int | None, **kwargs: Any) -> None:
        heard.append((attempt_id, score_id))

    operations.marking.signals.attempt_scored.connect(hear, dispatch_uid="test")
    try:
        work = mark_again(request=request, reason="b is right, see PEP 8", by=boss, now=NOW)
        with django_capture_on_commit_callbacks(execute=True):
            work_off()
    finally:
        operations.marking.signals.attempt_scored.disconnect(dispatch_uid="test")

    assert percents(nothing) == [(ScoreCause.SUBMITTED, 0), (ScoreCause.REGRADE, 50)]
    assert percents(all_of_it) == [(ScoreCause.SUBMITTED, 100), (ScoreCause.REGRADE, 50)]
    assert percents(other) == [(ScoreCause.SUBMITTED, 100)]
    for attempt in (nothing, all_of_it):
        attempt.refresh_from_db()
        assert attempt.current_score == attempt.scores.latest("pk")
    assert sorted(heard) == sorted((each.pk, each.current_score_id) for each in (nothing, all_of_it))
    request.refresh_from_db()
    assert (request.state, request.note, request.settled_by) == (
        RegradeState.DONE,
        "b is right, see PEP 8",
        boss.user,
    )
    event = Event.objects.get(kind="question.marked_again")
    assert (event.actor_user, event.data["facts"]) == (boss.user, {"attempts": 2})
    work.refresh_from_db()
    assert work.result["summary"] == "2 attempts were marked again."


def test_redelivered_work_marks_nobody_twice(assessment, boss) -> None:
    attempt = make_finished(assessment, right=0)
    request = wrong_key(attempt)
    work = mark_again(request=request, reason="Wrong", by=boss, now=NOW)
    assert mark_again(request=request, reason="Pressed twice", by=boss, now=NOW) == work

    work_off()
    work.refresh_from_db()
    for _ in range(2):
        regrading.do_regrade(work, boss, lambda done, total=None: None)

    assert len(percents(attempt)) == 2
    assert Event.objects.filter(kind="question.marked_again").count() == 1
    assert RegradeRequest.objects.get().note == "Wrong"


def test_work_that_died_in_the_middle_goes_on_with_the_others(assessment, boss, monkeypatch) -> None:
    attempts = [make_finished(assessment, right=0) for _ in range(3)]
    request = wrong_key(attempts[0])
    work = mark_again(request=request, reason="Wrong", by=boss, now=NOW)
    marked: list[int] = []

    def die(*, attempt_id: int, **kwargs: Any) -> Score:
        if len(marked) == 1:
            raise ZeroDivisionError
        marked.append(attempt_id)
        return operations.score_attempt(attempt_id=attempt_id, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(regrading, "score_attempt", die)
        with pytest.raises(ZeroDivisionError):
            regrading.do_regrade(work, boss, lambda done, total=None: None)
    assert sorted(len(percents(attempt)) for attempt in attempts) == [1, 1, 2]

    work_off()

    assert [len(percents(attempt)) for attempt in attempts] == [2, 2, 2]
    assert Event.objects.get(kind="question.marked_again").data["facts"] == {"attempts": 3}


def test_failed_work_is_begun_anew(assessment, boss) -> None:
    request = wrong_key(make_finished(assessment, right=0))
    first = mark_again(request=request, reason="Wrong", by=boss, now=NOW)
    Work.objects.filter(pk=first.pk).update(state=WorkState.FAILED, finished_at=NOW)

    second = mark_again(request=request, reason="Once more", by=boss, now=NOW)
    work_off()

    assert second != first
    assert RegradeRequest.objects.get().state == RegradeState.DONE


def test_scores_that_were_left_stay_whatever_else_is_mended(assessment, boss) -> None:
    attempt = make_finished(assessment, right=0)
    left, other = wrong_key(attempt), make_regrade(attempt, position=2, right="b")
    decided = leave_marks(request=left, reason="Nobody was decided by it", by=boss, now=NOW)

    mark_again(request=other, reason="Wrong", by=boss, now=NOW)
    work_off()

    assert (decided.state, decided.note) == (RegradeState.DISMISSED, "Nobody was decided by it")
    # Half of the marks by the second question; by both keys it would be all.
    assert percents(attempt)[-1] == (ScoreCause.REGRADE, 50)
    assert Event.objects.filter(kind="question.marks_left").count() == 1


def test_newer_key_of_the_same_version_is_decided_with_the_older_one(assessment, boss) -> None:
    attempt = make_finished(assessment, right=0)
    first, second = wrong_key(attempt), make_regrade(attempt, position=1, right="c")
    assert list(open_regrades(boss)) == [second]

    mark_again(request=second, reason="c is right", by=boss, now=NOW)
    work_off()

    assert set(RegradeRequest.objects.values_list("state", flat=True)) == {RegradeState.DONE}
    assert percents(attempt)[-1] == (ScoreCause.REGRADE, 0)
    with pytest.raises(regrading.RegradeClosed):
        leave_marks(request=first, reason="Late", by=boss, now=NOW)


def test_clearer_explanation_concerns_nobody(assessment, boss) -> None:
    attempt = make_finished(assessment, right=0)
    request = wrong_key(attempt)
    mark_again(request=request, reason="Wrong", by=boss, now=NOW)
    work_off()

    version = QuestionVersion.objects.get(pk=request.question_version_id)
    questions.mend_key(version=version, key=key("b"), reason="Clearer", by=SYSTEM, now=NOW)

    assert not attempts_to_mark(request).exists()
    assert AnswerKey.objects.filter(version=version).count() == 3


def test_void_and_running_attempts_are_not_concerned(assessment, boss) -> None:
    void, reopened, kept = (make_finished(assessment, right=0) for _ in range(3))
    request = wrong_key(kept)
    operations.void_attempt(attempt=void, reason="Copied", by=SYSTEM, now=NOW)
    operations.reopen_attempt(attempt=reopened, minutes=5, reason="Network", by=SYSTEM, now=NOW)

    assert list(attempts_to_mark(request)) == [kept]


def test_candidates_who_are_shown_a_result_see_the_newest(boss) -> None:
    shown = make_assessment(
        questions=2, pass_mark=50, borderline_from=40, candidate_sees=CandidateSees.RESULT
    )
    attempt = make_finished(shown, right=0)
    version = attempt.invitation.version
    before = released(attempt, version)

    mark_again(request=wrong_key(attempt), reason="Wrong", by=boss, now=NOW)
    work_off()
    attempt.refresh_from_db()
    after = released(attempt, version)

    assert before is not None
    assert after is not None
    assert (before.band, after.band) == (Band.BELOW, Band.PASSED)
    assert after.percent == 50


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_decision_needs_a_reason(assessment, boss, reason) -> None:
    request = wrong_key(make_finished(assessment))

    for decide in (mark_again, leave_marks):
        with pytest.raises(ValidationError):
            decide(request=request, reason=reason, by=boss, now=NOW)

    assert RegradeRequest.objects.get().state == RegradeState.OPEN
    assert not Work.objects.exists()


def test_only_who_sees_everybody_concerned_decides(assessment, boss) -> None:
    mine = make_user(Role.RECRUITER)
    author = Actor.of_user(make_user(Role.QUESTION_AUTHOR))
    actors = {"mine": Actor.of_user(mine), "author": author, "boss": boss}
    loose = make_finished(make_assessment(), by=Actor.of_user(mine))
    seen = make_finished(assessment, by=Actor.of_user(mine))
    sit(invite(make_application(make_job()), assessment), right=0)

    alone, together = wrong_key(loose), wrong_key(seen)

    assert {name for name, actor in actors.items() if may_mark_again(actor, alone)} == {"mine", "boss"}
    assert {name for name, actor in actors.items() if may_mark_again(actor, together)} == {"boss"}
    for decide in (mark_again, leave_marks):
        with pytest.raises(PermissionDenied):
            decide(request=together, reason="Wrong", by=author, now=NOW)


@pytest.mark.parametrize("rows", [1, 3])
def test_reading_costs_the_same_for_one_and_three_requests(
    assessment, boss, rows, django_assert_num_queries
) -> None:
    attempt = make_finished(make_assessment(questions=3))
    for position in range(1, rows + 1):
        make_regrade(attempt, position=position)

    # The roles of who asks and the requests; their keys, the scores by test and key, the names of the tests.
    with django_assert_num_queries(5):
        readings = read_regrades(open_regrades(boss), boss)

    assert [reading.attempts for reading in readings] == [1] * rows


def test_tests_out_of_sight_have_no_name(assessment) -> None:
    request = wrong_key(make_finished(assessment))

    (reading,) = read_regrades([request], Actor.of_user(make_user()))

    assert [(test.name, test.attempts) for test in reading.tests] == [("", 1)]


def test_score_says_by_which_keys_it_was_given(assessment, boss) -> None:
    attempt = make_finished(assessment, right=0)
    request = wrong_key(attempt)
    mark_again(request=request, reason="Wrong", by=boss, now=NOW)
    work_off()

    old, new = attempt.scores.order_by("pk")

    assert (old.keys[0], new.keys[0]) != (request.key_id, request.key_id)
    assert new.key_at(1) == request.key_id
    assert old.keys[1] == new.keys[1]
    assert Decimal(new.by_question[0]) == 1


def test_question_that_no_test_held_concerns_nobody() -> None:
    question = make_question()
    questions.mend_key(version=question.current_version, key=key("b"), reason="Wrong", by=SYSTEM, now=NOW)

    assert not RegradeRequest.objects.exists()
