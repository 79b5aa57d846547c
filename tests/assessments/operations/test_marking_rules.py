"""How a version marks: its own rule, formula scoring, cut-offs; and that a score can be computed again."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Actor
from assessments import queries
from assessments.enums import Band, MarkingRule, ScoreCause, SubmittedBy
from assessments.models import Attempt, AttemptQuestion, Score
from assessments.operations import (
    RuleDraft,
    SectionDraft,
    create_assessment,
    publish_version,
    score_attempt,
    submit_attempt,
    write_blueprint,
)
from questions import operations as questions
from questions.enums import Kind, Marking
from questions.models import AnswerKey, Question
from tests.factories.assessments import make_attempt, save
from tests.factories.questions import NOW, key, make_bank, make_question

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


def sit(*parts: list[tuple[Question, list[str]]], cut_off: Decimal | None = None, **fields: object) -> Score:
    """Score a test of fixed questions, a section for each of `parts`, with the answers given."""
    assessment = create_assessment(slug="flask", name="Flask", by=SYSTEM, now=NOW, **fields)
    version = assessment.versions.get()
    sections = [
        SectionDraft([RuleDraft.fixed(question) for question, _ in part], cut_off=cut_off) for part in parts
    ]
    write_blueprint(version=version, sections=sections, by=SYSTEM, now=NOW)
    attempt = make_attempt(publish_version(version=version, by=SYSTEM, now=NOW).assessment)
    answers = {question.current_version_id: answer for part in parts for question, answer in part}
    for row in AttemptQuestion.objects.filter(attempt=attempt):
        if answers[row.question_version_id]:
            save(attempt, row.position, answers[row.question_version_id], now=NOW)
    submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=NOW)
    return score_attempt(attempt_id=attempt.pk, cause=ScoreCause.SUBMITTED, now=NOW)


def make_two(marking: str) -> Question:
    return make_question(kind=Kind.MULTIPLE, right="ab", marking=marking)


@pytest.mark.parametrize(
    ("rule", "authors", "mark"),
    [
        (MarkingRule.BY_QUESTION, Marking.PARTIAL, "1/2"),
        (MarkingRule.BY_QUESTION, Marking.ALL_OR_NOTHING, "0"),
        (MarkingRule.PARTIAL, Marking.ALL_OR_NOTHING, "1/2"),
        (MarkingRule.ALL_OR_NOTHING, Marking.PARTIAL, "0"),
    ],
)
def test_marking_rule_of_the_test_goes_before_that_of_the_question(rule, authors, mark) -> None:
    score = sit([(make_two(authors), ["a"])], marking=rule)

    assert score.by_question == [mark]


def test_formula_scoring_takes_a_third_for_a_wrong_one_of_four_and_nothing_for_none() -> None:
    bank = make_bank()
    part = [(make_question(bank), answer) for answer in (["a"], ["a"], ["b"], [])]

    score = sit(part, formula_scoring=True)

    assert sorted(score.by_question) == ["-1/3", "0", "1", "1"]
    assert (score.marks, str(score.percent)) == (Decimal("1.666"), "41.666")
    assert score.by_skill[0]["marks"] == "5/3"


def test_formula_scoring_of_nothing_but_wrong_answers_is_nothing() -> None:
    bank = make_bank()

    score = sit([(make_question(bank), ["b"]), (make_question(bank), ["c"])], formula_scoring=True)

    assert (score.marks, score.percent, score.band) == (0, 0, Band.BELOW)


def test_section_below_its_cut_off_puts_the_whole_below_the_line() -> None:
    bank = make_bank()
    first = [(make_question(bank), ["a"]) for _ in range(4)]
    second = [(make_question(bank), ["a"]), (make_question(bank), ["b"]), (make_question(bank), ["b"])]

    score = sit(first, second, cut_off=Decimal(34), pass_mark=Decimal(60))

    assert (str(score.percent), score.band) == ("71.428", Band.BELOW)
    assert [(part["percent"], part["cut_off"], part["is_met"]) for part in score.by_section] == [
        ("100.000", "34.00", True),
        ("33.333", "34.00", False),
    ]


def test_section_exactly_at_its_cut_off_meets_it() -> None:
    bank = make_bank()
    part = [(make_question(bank), ["a"]), (make_question(bank), ["b"])]

    score = sit(part, cut_off=Decimal(50), pass_mark=Decimal(50))

    assert (score.band, score.by_section[0]["is_met"]) == (Band.PASSED, True)


def test_section_without_a_cut_off_says_neither() -> None:
    score = sit([(make_question(), ["b"])], [(make_question(), ["a"])])

    assert [(part["cut_off"], part["is_met"]) for part in score.by_section] == [(None, None)] * 2


def test_one_section_without_a_cut_off_is_the_whole_and_not_stored_again() -> None:
    score = sit([(make_question(), ["b"])])

    assert score.by_section == []


def test_score_can_be_computed_again_from_what_is_stored_after_its_keys_were_mended() -> None:
    bank = make_bank()
    single, several = make_question(bank), make_two(Marking.ALL_OR_NOTHING)
    score = sit([(single, ["a"])], [(several, ["a"])], cut_off=Decimal(20), marking=MarkingRule.PARTIAL)
    questions.mend_key(
        version=single.current_version, key=key("b"), reason="Wrong.", by=SYSTEM, now=NOW + timedelta(days=1)
    )
    later = score_attempt(attempt_id=score.attempt_id, cause=ScoreCause.REGRADE, now=NOW + timedelta(days=1))

    for stored in (score, later):
        attempt = Attempt.objects.select_related("invitation__version").get(pk=stored.attempt_id)
        version = attempt.invitation.version
        rows = list(queries.attempt_questions(attempt))
        keys = {each.version_id: each for each in AnswerKey.objects.filter(pk__in=stored.keys)}
        again = queries.score_of(rows, keys, version)
        for field in ("keys", "marks", "percent", "error", "band", "by_skill", "by_section", "by_question"):
            assert getattr(again, field) == getattr(stored, field)
    assert (score.percent, later.percent) == (Decimal("75.000"), Decimal("25.000"))
    assert (later.band, later.by_section[0]["is_met"]) == (Band.BELOW, False)


def test_result_is_valid_for_as_long_as_its_version_says() -> None:
    score = sit([(make_question(), ["a"])], valid_days=365)

    attempt = Attempt.objects.select_related("invitation__version").get(pk=score.attempt_id)

    assert attempt.valid_until == NOW + timedelta(days=365)
    attempt.invitation.version.valid_days = None
    assert attempt.valid_until is None


def test_attempt_without_a_result_is_valid_for_no_time() -> None:
    score = sit([(make_question(), ["a"])], valid_days=365)
    running = make_attempt(score.attempt.invitation.version.assessment)

    assert running.valid_until is None
