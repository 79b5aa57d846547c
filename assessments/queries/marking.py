"""What marking makes of answers: the questions of a form with the keys and rules that mark them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from django.db.models import QuerySet, prefetch_related_objects

from assessments.enums import Band, MarkingRule
from assessments.models import AssessmentSection, AssessmentVersion, AttemptQuestion, Score
from assessments.queries.compiled import CompiledRead
from assessments.rules import band_for, percent_of
from assessments.scoring import (
    AnsweredQuestion,
    AttemptMarks,
    MarkingKey,
    SectionPart,
    SkillPart,
    score_attempt_parts,
    standard_error,
)
from questions.enums import Kind, Marking
from questions.models import AnswerKey
from questions.queries import keys_by_id, keys_for

_THOUSANDTH = Decimal("0.001")


def questions_to_score(attempt_id: int) -> list[AttemptQuestion]:
    """Return the questions of an attempt in their order with all that marking reads of them. Two queries."""
    rows = _QUESTIONS.all(attempt_id)
    prefetch_related_objects(rows, "question_version__question__skills")
    return rows


def answered_questions(
    rows: Iterable[AttemptQuestion], keys: Mapping[int, AnswerKey], version: AssessmentVersion
) -> list[AnsweredQuestion]:
    """Return `rows` (their rules, versions, questions and skills loaded) as scoring sees them. Costs no query.

    Raises `KeyError` with the id of a question version that has no key.
    """
    return [
        AnsweredQuestion(
            position=row.position,
            chosen=tuple(row.answer),
            marks=Fraction(row.rule.marks),
            key=marking_key(keys[row.question_version_id], row.question_version.question.kind, version),
            skills=tuple(sorted(skill.pk for skill in row.question_version.question.skills.all())),
            section=row.rule.section_id,
        )
        for row in rows
    ]


def marking_key(key: AnswerKey, kind: str, version: AssessmentVersion) -> MarkingKey:
    """Return how `version` marks a question of `kind` that has `key`."""
    marking = MarkingKey(
        {code: Fraction(share) for code, share in key.shares.items()},
        partial=key.marking == Marking.PARTIAL,
        one=kind == Kind.SINGLE,
    )
    if version.marking != MarkingRule.BY_QUESTION:
        marking = marking.by_right_options(partial=version.marking == MarkingRule.PARTIAL)
    if version.formula_scoring and kind == Kind.SINGLE:
        marking = marking.corrected_for_guessing()
    return marking


def keys_to_mark(
    rows: Sequence[AttemptQuestion], score: Score | None, *, again: Collection[int] | None = None
) -> dict[int, AnswerKey]:
    """Return the keys that mark `rows`: those in force.

    With `again` only these question versions are marked by the keys in force, all others by those of `score`, which
    somebody may have chosen to leave as it is. One query, two with `again`.
    """
    keys = keys_for(row.question_version_id for row in rows)
    if again is None or score is None:
        return keys
    kept = (score.key_at(row.position) for row in rows if row.question_version_id not in again)
    return keys | {key.version_id: key for key in keys_by_id(pk for pk in kept if pk is not None)}


def score_of(
    rows: Sequence[AttemptQuestion], keys: Mapping[int, AnswerKey], version: AssessmentVersion
) -> Score:
    """Return what `rows` (their sections loaded, too) score with `keys` under `version`: a row that nobody has stored.

    The same rows and keys give the same score, today and in ten years. Costs no query.
    Raises `KeyError` with the id of a question version that has no key.
    """
    questions = answered_questions(rows, keys, version)
    marks = score_attempt_parts(questions)
    percent = percent_of(marks.marks, marks.possible)
    sections = _sections(marks, {row.rule.section_id: row.rule.section for row in rows})
    return Score(
        keys=[keys[row.question_version_id].pk for row in rows],
        marks=_decimal(marks.marks),
        marks_possible=_decimal(marks.possible),
        percent=percent,
        error=_error(percent, questions),
        band=_band(percent, sections, version),
        by_skill=[{"skill": part.skill} | _part(part) for part in marks.by_skill],
        by_section=sections if _says_more(sections) else [],
        by_question=[str(marks.by_question[place]) for place in sorted(marks.by_question)],
    )


def shares_of(rows: Iterable[AttemptQuestion], score: Score | None) -> dict[int, Fraction]:
    """Return which share of the mark each question (by its id) of an attempt earned in `score`. Costs no query.

    Arguments: `rows`, the questions of the attempt with their rules and versions. Nothing without a score.
    """
    if score is None:
        return {}
    marks = ((row, score.mark_at(row.position)) for row in rows)
    return {
        row.question_version.question_id: Fraction(mark) / Fraction(row.rule.marks)
        for row, mark in marks
        if mark is not None
    }


def _error(percent: Decimal, questions: Collection[AnsweredQuestion]) -> float | None:
    costs = sum((question.key.wrong_costs for question in questions), start=Fraction(0))
    return standard_error(float(percent), len(questions), wrong_costs=float(costs / (len(questions) or 1)))


def _sections(marks: AttemptMarks, sections: Mapping[int, AssessmentSection]) -> list[dict[str, object]]:
    """Each section as a score keeps it: its marks as exact text, its percent, its cut-off and whether it was met."""
    found = []
    for part in marks.by_section:
        percent, cut_off = percent_of(part.marks, part.possible), sections[part.section].cut_off
        found.append(
            {"section": part.section}
            | _part(part)
            | {
                "percent": str(percent),
                "cut_off": str(cut_off) if cut_off is not None else None,
                "is_met": percent >= cut_off if cut_off is not None else None,
            }
        )
    return found


def _says_more(sections: Sequence[Mapping[str, object]]) -> bool:
    """Whether the sections say anything that the whole does not: a test of one without a cut-off is its section."""
    return len(sections) > 1 or any(section["cut_off"] is not None for section in sections)


def _part(part: SkillPart | SectionPart) -> dict[str, object]:
    return {"marks": str(part.marks), "possible": str(part.possible), "questions": part.questions}


def _band(percent: Decimal, sections: Iterable[Mapping[str, object]], version: AssessmentVersion) -> Band:
    """Below the line where a section stayed below its cut-off, whatever the whole."""
    if any(section["is_met"] is False for section in sections):
        return Band.BELOW
    return band_for(percent, version)


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_THOUSANDTH, rounding=ROUND_FLOOR)


# --- What every scoring reads ----------------------------------------------------------------------------------


def _questions(attempt_id: int) -> QuerySet[AttemptQuestion]:
    return (
        AttemptQuestion.objects.filter(attempt=attempt_id)
        .select_related("question_version__question", "rule__section")
        # The texts are most of a row.
        .only(
            "position", "answer", "question_version__question__kind", "rule__marks", "rule__section__cut_off"
        )
        .order_by("position")
    )


_QUESTIONS = CompiledRead(_questions, int)
