"""How well questions are answered: the mean share of their mark, over the scores in force."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from accounts.models import Actor
from assessments.enums import ScoreCause, SubmittedBy
from assessments.models import Attempt
from assessments.operations import (
    RuleDraft,
    add_rule,
    create_assessment,
    publish_version,
    reopen_attempt,
    score_attempt,
    score_submitted,
    submit_attempt,
    void_attempt,
)
from questions.enums import Kind, Marking
from questions.models import QuestionUsage
from questions.operations import record_usage
from tests.factories.assessments import make_assessment, make_attempt, make_finished, make_regrade, save
from tests.factories.questions import NOW, make_bank, make_question
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system()


def usage() -> tuple[int, float | None]:
    row = QuestionUsage.objects.get()
    return row.answers, row.facility if row.facility is None else round(row.facility, 6)


def finish(attempt: Attempt, answer: list[str]) -> Attempt:
    if answer:
        save(attempt, 1, answer, now=NOW)
    submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)
    score_submitted(now=NOW)
    attempt.refresh_from_db()
    return attempt


def test_facility_is_the_mean_share_of_the_mark_of_all_who_were_asked() -> None:
    bank = make_bank()
    make_question(bank, kind=Kind.MULTIPLE, right="abc", marking=Marking.PARTIAL)
    test = create_assessment(slug="thirds", name="Thirds", by=SYSTEM, now=NOW)
    # What the question is worth in a test does not matter.
    add_rule(version=test.versions.get(), rule=RuleDraft(bank=bank, marks=Decimal(5)), by=SYSTEM, now=NOW)
    publish_version(version=test.versions.get(), by=SYSTEM, now=NOW)
    test.refresh_from_db()

    # 1, 2/3, 0 and, for the place that was left empty, 0.
    for answer in (["a", "b", "c"], ["a", "b"], ["d"], []):
        finish(make_attempt(test), answer)

    # (1 + 2/3 + 0 + 0) / 4 = 5/12.
    assert usage() == (4, round(5 / 12, 6))


def test_where_wrong_answers_cost_marks_they_count_as_nothing_earned() -> None:
    test = make_assessment(questions=1, formula_scoring=True)

    wrong, _right, _other = make_finished(test, right=0), make_finished(test), make_finished(test)

    assert wrong.current_score is not None
    assert Fraction(wrong.current_score.by_question[0]) < 0
    # (0 + 1 + 1) / 3.
    assert usage() == (3, 0.666667)


def test_an_attempt_that_is_marked_again_counts_as_it_is_marked_now_and_once() -> None:
    test = make_assessment(questions=1)
    right, _wrong = make_finished(test), make_finished(test, right=0)
    make_finished(test)
    # "a" was right: (1 + 0 + 1) / 3.
    assert usage() == (3, 0.666667)

    request = make_regrade(right)
    again = {request.question_version_id}
    attempts = list(Attempt.objects.order_by("pk"))
    for attempt in attempts * 2:
        score_attempt(attempt_id=attempt.pk, cause=ScoreCause.REGRADE, now=NOW, again=again)

    # "b" is right: (0 + 1 + 0) / 3.
    assert usage() == (3, 0.333333)
    assert QuestionUsage.objects.get().shown == 3


def test_a_void_attempt_counts_no_more_and_so_one_that_is_open_again_until_it_is_scored() -> None:
    test = make_assessment(questions=1)
    right, wrong = make_finished(test), make_finished(test, right=0)
    make_finished(test, right=0)
    assert usage() == (3, 0.333333)

    for _twice in range(2):
        void_attempt(attempt=wrong, reason="Somebody else took it", by=SYSTEM, now=NOW)
    assert usage() == (2, 0.5)

    reopened = reopen_attempt(attempt=right, minutes=10, reason="The network was gone", by=SYSTEM, now=NOW)
    assert reopened.current_score is None
    assert usage() == (1, 0.0)

    submit_attempt(attempt_id=right.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)
    score_submitted(now=NOW)
    assert usage() == (2, 0.5)
    # Shown it was once to each.
    assert QuestionUsage.objects.get().shown == 3


def test_voiding_what_runs_or_what_was_open_again_takes_nothing_back() -> None:
    test = make_assessment(questions=1)
    kept, running = make_finished(test), make_attempt(test)
    void_attempt(attempt=running, reason="Twice invited", by=SYSTEM, now=NOW)
    reopened = make_finished(test)
    reopen_attempt(attempt=reopened, minutes=10, reason="The network was gone", by=SYSTEM, now=NOW)

    void_attempt(attempt=reopened, reason="Somebody else took it", by=SYSTEM, now=NOW)

    assert kept.current_score is not None
    assert usage() == (1, 1.0)


def test_the_last_answer_taken_back_leaves_no_facility() -> None:
    test = make_assessment(questions=1)
    attempt = make_finished(test)

    void_attempt(attempt=attempt, reason="Somebody else took it", by=SYSTEM, now=NOW)

    assert usage() == (0, None)
    assert QuestionUsage.objects.get().earned == 0


def test_what_was_forgotten_is_not_taken_back_below_nothing() -> None:
    question = make_question()

    record_usage(before={question.pk: Fraction(1, 3)}, now=NOW)

    assert usage() == (0, None)


def test_facility_costs_a_statement_for_each_share_that_was_earned(django_assert_num_queries) -> None:
    few, many = [make_question() for _number in range(2)], [make_question() for _number in range(40)]
    for questions in (few, many):
        shown = {each.pk: 1 for each in questions}
        after = {each.pk: Fraction(number % 2) for number, each in enumerate(questions)}
        record_usage(shown=shown, after=after, now=NOW)
        # Which have a counter; holding them; right ones, wrong ones.
        with django_assert_num_queries(4):
            record_usage(shown=shown, after=after, now=NOW)


def test_attempts_scored_and_declared_void_in_parallel_leave_the_right_mean(transactional_db) -> None:
    test = make_assessment(questions=6)
    scored = [make_finished(test) for _number in range(4)]
    waiting = [make_finished(test, right=0, score=False) for _number in range(4)]
    jobs = iter([*((void_attempt, each) for each in scored), *((score_attempt, each) for each in waiting)])

    def one_of_them() -> object:
        do, attempt = next(jobs)
        if do is void_attempt:
            return void_attempt(attempt=attempt, reason="Void", by=SYSTEM, now=NOW)
        return score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=NOW)

    outcomes = run_parallel(one_of_them, 8)

    assert not [outcome for outcome in outcomes if isinstance(outcome, BaseException)], outcomes
    assert set(QuestionUsage.objects.values_list("answers", "earned", "facility")) == {(4, 0, 0.0)}
