from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Actor
from assessments import signals
from assessments.enums import AttemptState, Band, ScoreCause, SubmittedBy
from assessments.models import Attempt, AttemptQuestion, Score
from assessments.operations import (
    NotToBeScored,
    score_attempt,
    score_submitted,
    submit_attempt,
)
from outbox.models import Event
from questions import operations as questions
from questions.enums import Kind, Marking
from questions.models import AnswerKey, QuestionUsage, QuestionVersion
from questions.queries import option_drafts
from tests.factories.assessments import make_assessment, make_attempt, make_finished, save
from tests.factories.questions import NOW, key, make_bank, make_question, make_skill
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()
MINUTE = timedelta(minutes=1)


@pytest.fixture
def heard():
    """The signals that were sent."""
    heard = []

    def hear(sender, attempt_id, score_id, **kwargs) -> None:
        heard.append((attempt_id, score_id))

    signals.attempt_scored.connect(hear)
    yield heard
    signals.attempt_scored.disconnect(hear)


@pytest.mark.parametrize(
    ("right", "percent", "band"),
    [(6, "60.000", Band.PASSED), (5, "50.000", Band.BORDERLINE), (4, "40.000", Band.BELOW)],
)
def test_score_of_an_attempt_has_percent_error_and_band(right, percent, band) -> None:
    attempt = make_finished(make_assessment(questions=10), right=right)

    score = attempt.current_score

    assert (score.marks, score.marks_possible) == (Decimal(right), Decimal(10))
    assert (str(score.percent), score.band, score.cause) == (percent, band, ScoreCause.SUBMITTED)
    assert score.error == pytest.approx(100 * (right * (10 - right) / 9) ** 0.5 / 10, abs=0.01)


def test_score_tells_the_parts_of_each_skill_and_the_mark_of_each_place() -> None:
    bank, python, sql = make_bank(), make_skill("python"), make_skill("sql")
    make_question(bank, skills=[python])
    make_question(bank, skills=[python, sql])
    attempt = make_attempt(make_assessment(bank=bank, count=2))
    both = AttemptQuestion.objects.get(attempt=attempt, question_version__question__skills=sql)
    save(attempt, both.position, ["a"], now=NOW)
    submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)

    score = score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=NOW)

    assert score.by_skill == [
        {"skill": python.pk, "marks": "1", "possible": "2", "questions": 2},
        {"skill": sql.pk, "marks": "1", "possible": "1", "questions": 1},
    ]
    assert (score.mark_at(both.position), score.mark_at(3 - both.position)) == ("1", "0")


def test_score_with_partial_marking_is_exact() -> None:
    bank = make_bank()
    make_question(bank, kind=Kind.MULTIPLE, right="abc", codes="abcdef", marking=Marking.PARTIAL)
    attempt = make_attempt(make_assessment(bank=bank, count=1))
    save(attempt, 1, ["a"], now=NOW)
    submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)

    score = score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=NOW)

    assert score.by_question == ["1/3"]
    assert str(score.percent) == "33.333"


def test_case_f29_score_task_runs_ten_times_one_score_one_signal(
    heard, django_capture_on_commit_callbacks
) -> None:
    attempt = make_finished(right=2, score=False)

    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(10):
            score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=NOW)
            score_submitted(now=NOW + timedelta(days=1))

    score = Score.objects.get()
    assert heard == [(attempt.pk, score.pk)]
    assert Event.objects.filter(kind="attempt.scored").count() == 1
    assert set(QuestionUsage.objects.values_list("shown", flat=True)) == {1}


def test_case_f24_workers_that_score_one_attempt_have_one_effect(
    transactional_db, race_rounds, heard
) -> None:
    assessment = make_assessment(questions=2)
    for round_ in range(1, race_rounds + 1):
        attempt = make_finished(assessment, score=False)

        run_parallel(
            partial(score_attempt, attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=NOW),
            4,
        )

        assert Score.objects.filter(attempt=attempt).count() == 1
        assert [found for found, _ in heard] == [attempt.pk]
        assert set(QuestionUsage.objects.values_list("shown", flat=True)) == {round_}
        heard.clear()


def test_scoring_of_overlapping_questions_in_parallel_does_not_lock_up(transactional_db) -> None:
    assessment = make_assessment(questions=8)
    attempts = [make_finished(assessment, score=False) for _ in range(8)]
    left = iter([attempt.pk for attempt in attempts])

    outcomes = run_parallel(
        lambda: score_attempt(attempt_id=next(left), cause=ScoreCause.SUBMITTED, now=NOW), 8
    )

    assert {type(outcome) for outcome in outcomes} == {Score}, outcomes
    assert set(QuestionUsage.objects.values_list("shown", flat=True)) == {8}


def test_attempt_that_cannot_be_scored_is_pushed_ahead_and_holds_up_nobody() -> None:
    bank = make_bank()
    poison = make_question(bank)
    broken = make_finished(make_assessment(bank=bank, count=1), score=False)
    AnswerKey.objects.filter(version__question=poison).delete()
    fine = make_finished(score=False)

    scored = [score_submitted(now=NOW + wait * MINUTE) for wait in (5, 5.1, 10)]

    broken.refresh_from_db()
    fine.refresh_from_db()
    assert scored == [1, 0, 0]
    assert fine.current_score_id is not None
    assert (broken.current_score_id, broken.score_tries) == (None, 2)
    assert broken.score_due_at == NOW + 11 * MINUTE


def test_scoring_is_pushed_ahead_before_it_is_tried_so_a_killed_worker_is_not_killed_again_at_once(
    monkeypatch,
) -> None:
    make_finished(score=False)

    class Killed(BaseException):
        pass

    def die(**kwargs: object) -> None:
        raise Killed

    monkeypatch.setattr("assessments.operations.marking.score_attempt", die)
    with pytest.raises(Killed):
        score_submitted(now=NOW + MINUTE)

    attempt = Attempt.objects.get()
    assert (attempt.score_tries, attempt.score_due_at) == (1, NOW + MINUTE + timedelta(seconds=30))


def test_running_and_void_attempts_are_not_scored() -> None:
    running, void = make_attempt(), make_finished(score=False)
    Attempt.objects.filter(pk=void.pk).update(state=AttemptState.VOID)

    for attempt in (running, void):
        with pytest.raises(NotToBeScored):
            score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=NOW)

    assert score_submitted(now=NOW + timedelta(days=1)) == 0
    assert not Score.objects.exists()


def test_mended_key_gives_a_new_score_and_keeps_the_old_one(
    heard, django_capture_on_commit_callbacks
) -> None:
    bank = make_bank()
    question = make_question(bank)
    attempt = make_finished(make_assessment(bank=bank, count=1), right=0)
    first = attempt.current_score
    questions.mend_key(
        version=QuestionVersion.objects.get(question=question),
        key=key("b"),
        reason="b is right as well as the docs say",
        by=SYSTEM,
        now=NOW,
    )

    with django_capture_on_commit_callbacks(execute=True):
        second = score_attempt(attempt_id=attempt.pk, cause=ScoreCause.REGRADE, now=NOW)
        score_attempt(attempt_id=attempt.pk, cause=ScoreCause.REGRADE, now=NOW)

    attempt.refresh_from_db()
    assert (first.percent, second.percent, second.cause) == (0, 100, ScoreCause.REGRADE)
    assert attempt.current_score == second
    assert Score.objects.filter(attempt=attempt).count() == 2
    assert heard == [(attempt.pk, second.pk)]
    assert QuestionUsage.objects.get().shown == 1


def test_case_61_edit_live_test_a_score_can_be_computed_again_a_year_later() -> None:
    bank = make_bank()
    question = make_question(bank, stem="Then")
    attempt = make_finished(make_assessment(bank=bank, count=1), right=1)
    score = attempt.current_score
    questions.edit_question(
        question=question,
        level=question.level,
        intended_difficulty=5,
        skills=question.skills.all(),
        tags=[],
        stem="Now",
        options=option_drafts(question.current_version),
        key=key("b"),
        by=SYSTEM,
        now=NOW,
    )
    questions.make_ready(question=question, by=SYSTEM, now=NOW)

    again = score_attempt(attempt_id=attempt.pk, cause=ScoreCause.REGRADE, now=NOW + timedelta(days=365))

    assert again == score
    assert again.keys == [AnswerKey.objects.get(version__number=1).pk]


def test_scoring_costs_the_same_statements_for_two_and_for_ten_questions() -> None:
    small = make_finished(make_assessment(questions=2), score=False)
    large = make_finished(make_assessment(questions=10), score=False)

    with CaptureQueriesContext(connection) as few:
        score_attempt(attempt_id=small.pk, cause=ScoreCause.SUBMITTED, now=NOW)
    with CaptureQueriesContext(connection) as many:
        score_attempt(attempt_id=large.pk, cause=ScoreCause.SUBMITTED, now=NOW)

    assert len(few) == len(many)
