"""One attempt as staff read it: what was asked, what was answered, what it earned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.utils.safestring import SafeString

from assessments.enums import AdjustmentKind, AttemptEventKind
from assessments.models import (
    AnswerRevision,
    AssessmentVersion,
    Attempt,
    AttemptEvent,
    AttemptQuestion,
    Score,
    TimeAdjustment,
)
from assessments.queries.lists import attempt_questions
from assessments.queries.marking import score_of
from assessments.queries.parts import ScorePart, section_name, section_parts, skill_parts
from assessments.queries.previews import Preview, preview_attempt, preview_rows
from questions.models import AnswerKey
from questions.queries import keys_for, rendered
from questions.rules import right_codes


@dataclass(frozen=True, slots=True)
class OptionReading:
    """An option in the person's own order. `is_right` is None for who may not see keys."""

    letter: str
    html: SafeString
    text: str
    is_chosen: bool
    is_right: bool | None


@dataclass(frozen=True, slots=True)
class ChangeReading:
    """An answer that was acknowledged: when, and the letters of what was chosen then."""

    moment: datetime
    letters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QuestionReading:
    """One question of an attempt. `mark` is None while there is no score, `seconds` where nobody measured.

    `part` names the part of the test that begins with it; it is empty in the middle of one and in tests of one part.
    """

    position: int
    question_id: int
    kind: str
    part: str
    stem_html: SafeString
    stem: str
    options: tuple[OptionReading, ...]
    is_answered: bool
    changes: tuple[ChangeReading, ...]
    seconds: int | None
    mark: Decimal | None
    possible: Decimal
    skills: tuple[str, ...]
    explanation: str
    is_key_newer: bool
    is_leaked: bool


@dataclass(frozen=True, slots=True)
class AttemptReading:
    """Everything on the page of an attempt."""

    attempt: Attempt
    score: Score | None
    questions: tuple[QuestionReading, ...]
    skills: tuple[ScorePart, ...]
    sections: tuple[ScorePart, ...]
    adjustments: Sequence[TimeAdjustment]
    late_saves: int


def read_attempt(attempt: Attempt, *, with_keys: bool) -> AttemptReading:
    """Return `attempt` (its score loaded) for reading. A fixed number of queries; keys are loaded only `with_keys`."""
    rows = list(attempt_questions(attempt).select_related("question_version__question", "rule__section"))
    keys = keys_for(row.question_version_id for row in rows) if with_keys else {}
    score = attempt.current_score
    scores = [score] if score else []
    changes = _changes(attempt)
    parts = _parts(rows)
    events = AttemptEvent.objects.filter(attempt=attempt, kind=AttemptEventKind.LATE_SAVE)
    return AttemptReading(
        attempt=attempt,
        score=score,
        questions=tuple(
            _question(row, keys, score, changes.get(row.position, ()), parts.get(row.position, ""))
            for row in rows
        ),
        skills=skill_parts(scores)[score.pk] if score else (),
        sections=section_parts(scores)[score.pk] if score else (),
        adjustments=list(attempt.adjustments.select_related("by").order_by("at", "pk")),
        late_saves=events.count(),
    )


def read_preview(preview: Preview, version: AssessmentVersion, *, now: datetime) -> AttemptReading | None:
    """Return how a preview would be marked, for who may see keys; None when it can be drawn no more.

    A fixed number of queries. Writes nothing.
    """
    rows = preview_rows(preview, version)
    if not rows:
        return None
    keys = keys_for(row.question_version_id for row in rows)
    score, parts = score_of(rows, keys, version), _parts(rows)
    return AttemptReading(
        attempt=preview_attempt(preview, version, now=now),
        score=score,
        questions=tuple(_question(row, keys, score, (), parts.get(row.position, "")) for row in rows),
        skills=skill_parts([score])[score.pk],
        sections=section_parts([score])[score.pk],
        adjustments=(),
        late_saves=0,
    )


def _changes(attempt: Attempt) -> dict[int, list[AnswerRevision]]:
    changes: dict[int, list[AnswerRevision]] = {}
    for revision in AnswerRevision.objects.filter(attempt=attempt).order_by("position", "number"):
        changes.setdefault(revision.position, []).append(revision)
    return changes


def _parts(rows: Sequence[AttemptQuestion]) -> dict[int, str]:
    """The title of each part by the place where it begins; nothing in tests of one part."""
    starts: dict[int, int] = {}
    for row in rows:
        starts.setdefault(row.rule.section_id, row.position)
    if len(starts) < 2:
        return {}
    sections = {row.rule.section_id: row.rule.section for row in rows}
    return {place: section_name(sections[section]) for section, place in starts.items()}


def _question(
    row: AttemptQuestion,
    keys: Mapping[int, AnswerKey],
    score: Score | None,
    changes: Sequence[AnswerRevision],
    part: str,
) -> QuestionReading:
    version = row.question_version
    key = keys.get(version.pk)
    right = right_codes(key.shares, kind=version.question.kind) if key else []
    shown = rendered(version, row.option_order)
    texts = {str(option["code"]): str(option["text"]) for option in version.options}
    letters = {code: letter_of(place) for place, (code, _html) in enumerate(shown.options)}
    earned = score.mark_at(row.position) if score else None
    return QuestionReading(
        position=row.position,
        question_id=version.question_id,
        kind=version.question.kind,
        part=part,
        stem_html=shown.stem_html,
        stem=version.stem,
        options=tuple(
            OptionReading(
                letters[code], html, texts[code], code in row.answer, code in right if key else None
            )
            for code, html in shown.options
        ),
        is_answered=bool(row.answer),
        changes=tuple(
            ChangeReading(
                change.received_at, tuple(sorted(letters[code] for code in change.answer if code in letters))
            )
            for change in changes
        ),
        seconds=row.seconds,
        mark=_decimal(earned) if earned is not None else None,
        possible=row.rule.marks.normalize(),
        skills=tuple(sorted(skill.name for skill in version.question.skills.all())),
        explanation=key.explanation if key else "",
        is_leaked=version.question.leaked_at is not None,
        is_key_newer=bool(key and score and score.key_at(row.position) != key.pk),
    )


def time_used(attempt: Attempt, adjustments: Iterable[TimeAdjustment]) -> timedelta | None:
    """Return the time from the start to the end without pauses; None while it runs, and when it was reopened later."""
    return time_between(attempt.started_at, attempt.submitted_at, adjustments)


def time_between(
    started_at: datetime | None, submitted_at: datetime | None, adjustments: Iterable[TimeAdjustment]
) -> timedelta | None:
    """Return the time used of an attempt of which no more was read."""
    if started_at is None or submitted_at is None:
        return None
    if any(each.kind == AdjustmentKind.REOPENED for each in adjustments):
        return None
    paused = sum(each.seconds for each in adjustments if each.kind == AdjustmentKind.PAUSE)
    return submitted_at - started_at - timedelta(seconds=paused)


def adjustments_of(attempts: Iterable[int] | QuerySet[Any, Any]) -> Mapping[int, Sequence[TimeAdjustment]]:
    """Return what changed the time used of each of these attempts that was paused or reopened. One query."""
    changed: dict[int, list[TimeAdjustment]] = {}
    kinds = [AdjustmentKind.PAUSE, AdjustmentKind.REOPENED]
    for each in TimeAdjustment.objects.filter(attempt__in=attempts, kind__in=kinds):
        changed.setdefault(each.attempt_id, []).append(each)
    return changed


def letter_of(place: int) -> str:
    """Return how staff speak of an option: by the letter of its place in the person's own order."""
    return chr(ord("A") + place) if place < 26 else str(place + 1)


def _decimal(value: str | Fraction) -> Decimal:
    fraction = Fraction(value)
    return (Decimal(fraction.numerator) / Decimal(fraction.denominator)).quantize(
        Decimal("0.01")
    ).normalize() + 0
