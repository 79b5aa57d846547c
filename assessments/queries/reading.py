"""One attempt as staff read it: what was asked, what was answered, what it earned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.safestring import SafeString

from assessments.models import Attempt, AttemptEvent, AttemptQuestion, Score, TimeAdjustment
from assessments.queries.lists import attempt_questions
from questions.models import AnswerKey, Skill
from questions.queries import keys_for, rendered
from questions.rules import right_codes


@dataclass(frozen=True, slots=True)
class OptionReading:
    """An option in the person's own order. `is_right` is None for who may not see keys."""

    code: str
    html: SafeString
    is_chosen: bool
    is_right: bool | None


@dataclass(frozen=True, slots=True)
class QuestionReading:
    """One question of an attempt. `mark` is None while there is no score."""

    position: int
    kind: str
    stem_html: SafeString
    options: tuple[OptionReading, ...]
    is_answered: bool
    changes: int
    mark: Decimal | None
    possible: Decimal
    skills: tuple[str, ...]
    explanation: str
    is_key_newer: bool


@dataclass(frozen=True, slots=True)
class SkillReading:
    """What an attempt earned in one skill."""

    name: str
    marks: Decimal
    possible: Decimal
    questions: int
    percent: Decimal


@dataclass(frozen=True, slots=True)
class AttemptReading:
    """Everything on the page of an attempt."""

    attempt: Attempt
    score: Score | None
    questions: tuple[QuestionReading, ...]
    skills: tuple[SkillReading, ...]
    adjustments: Sequence[TimeAdjustment]
    late_saves: int


def read_attempt(attempt: Attempt, *, with_keys: bool) -> AttemptReading:
    """Return `attempt` (its score loaded) for reading. A fixed number of queries; keys are loaded only `with_keys`."""
    rows = list(attempt_questions(attempt))
    keys = keys_for(row.question_version_id for row in rows) if with_keys else {}
    score = attempt.current_score
    events = AttemptEvent.objects.filter(attempt=attempt, kind="late_save")
    return AttemptReading(
        attempt=attempt,
        score=score,
        questions=tuple(_question(row, keys, score) for row in rows),
        skills=_skills(score),
        adjustments=list(attempt.adjustments.select_related("by").order_by("at", "pk")),
        late_saves=events.count(),
    )


def _question(row: AttemptQuestion, keys: Mapping[int, AnswerKey], score: Score | None) -> QuestionReading:
    version = row.question_version
    key = keys.get(version.pk)
    right = right_codes(key.shares) if key else []
    shown = rendered(version, row.option_order)
    earned = score.mark_at(row.position) if score else None
    return QuestionReading(
        position=row.position,
        kind=version.question.kind,
        stem_html=shown.stem_html,
        options=tuple(
            OptionReading(code, html, code in row.answer, code in right if key else None)
            for code, html in shown.options
        ),
        is_answered=bool(row.answer),
        changes=row.answer_version,
        mark=_decimal(earned) if earned is not None else None,
        possible=row.rule.marks.normalize(),
        skills=tuple(sorted(skill.name for skill in version.question.skills.all())),
        explanation=key.explanation if key else "",
        is_key_newer=bool(key and score and score.key_at(row.position) != key.pk),
    )


def _skills(score: Score | None) -> tuple[SkillReading, ...]:
    if score is None:
        return ()
    names = dict(
        Skill.objects.filter(pk__in=[part["skill"] for part in score.by_skill]).values_list("pk", "name")
    )
    return tuple(
        SkillReading(
            name=names.get(part["skill"], "–"),
            marks=_decimal(part["marks"]),
            possible=_decimal(part["possible"]),
            questions=part["questions"],
            percent=_decimal(100 * Fraction(part["marks"]) / Fraction(part["possible"])),
        )
        for part in sorted(score.by_skill, key=lambda part: names.get(part["skill"], ""))
    )


def _decimal(value: str | Fraction) -> Decimal:
    fraction = Fraction(value)
    return (Decimal(fraction.numerator) / Decimal(fraction.denominator)).quantize(
        Decimal("0.01")
    ).normalize() + 0
