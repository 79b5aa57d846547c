"""What marking makes of answers: the questions of a form with the keys and rules that mark them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from assessments.enums import Band, MarkingRule
from assessments.models import AssessmentSection, AssessmentVersion, AttemptQuestion
from assessments.rules import band_for, percent_of
from assessments.scoring import (
    AnsweredQuestion,
    AttemptMarks,
    MarkingKey,
    SectionPart,
    standard_error,
)
from questions.enums import Kind, Marking
from questions.models import AnswerKey


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
    )
    if version.marking != MarkingRule.BY_QUESTION:
        marking = marking.by_right_options(partial=version.marking == MarkingRule.PARTIAL)
    if version.formula_scoring and kind == Kind.SINGLE:
        marking = marking.corrected_for_guessing()
    return marking


def error_of(percent: Decimal, questions: Collection[AnsweredQuestion]) -> float | None:
    """Return the standard error of `percent`, in percent points."""
    costs = sum((question.key.wrong_costs for question in questions), start=Fraction(0))
    return standard_error(float(percent), len(questions), wrong_costs=float(costs / (len(questions) or 1)))


def sections_read(marks: AttemptMarks, sections: Mapping[int, AssessmentSection]) -> list[dict[str, object]]:
    """Return each section as a score keeps it: marks as exact text, its percent, its cut-off and whether it was met."""
    return [_section_read(part, sections[part.section].cut_off) for part in marks.by_section]


def _section_read(part: SectionPart, cut_off: Decimal | None) -> dict[str, object]:
    percent = percent_of(part.marks, part.possible)
    return {
        "section": part.section,
        "marks": str(part.marks),
        "possible": str(part.possible),
        "questions": part.questions,
        "percent": str(percent),
        "cut_off": str(cut_off) if cut_off is not None else None,
        "is_met": percent >= cut_off if cut_off is not None else None,
    }


def band_of(percent: Decimal, sections: Iterable[Mapping[str, object]], version: AssessmentVersion) -> Band:
    """Return the band of a result: below the line where a section stayed below its cut-off, whatever the whole."""
    if any(section["is_met"] is False for section in sections):
        return Band.BELOW
    return band_for(percent, version)
