"""A test as a colleague tries it out: a form that is drawn and answered, and stored nowhere in our tables.

What there is to know of it is a plain value that a session can carry.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.enums import AttemptState, Navigation, SubmittedBy
from assessments.models import (
    AssessmentSection,
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    DrawRule,
    Invitation,
)
from assessments.queries.drawing import frozen_pools, open_pools, rules_in_order
from assessments.queries.pieces import PartReading
from assessments.queries.taking import OverviewRow, QuestionPage
from assessments.rules import RuleNeed, draw_form, is_windowed, option_order, parts_of
from candidates.models import Candidate
from questions.models import QuestionVersion
from questions.queries import rendered

# Where a session keeps the preview of the colleague: one at a time.
PREVIEW_KEY = "assessments.preview"
# What a question of a bank is drawn by that is tried out without a test.
NO_RULE = 0


@dataclass
class Preview:
    """A form of a version as one colleague sees it, and what they chose. `form` holds rule and question version.

    Moments are ISO 8601, "" for none. The clocks are shown as a candidate would see them; nothing closes by itself.
    """

    version_id: int
    seed: int
    started_at: str
    form: list[tuple[int, int]]
    answers: dict[str, list[str]] = field(default_factory=dict)
    flagged: list[int] = field(default_factory=list)
    open_from: int = 1
    open_to: int = 0
    part_ends_at: str = ""
    window_ends_at: str = ""
    is_buffer_used: bool = False

    def stored(self) -> dict[str, Any]:
        """This as a session keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, stored: object, version: AssessmentVersion) -> Preview | None:
        """Return what a session kept of `version`, or None when it kept nothing of it."""
        if not isinstance(stored, Mapping) or stored.get("version_id") != version.pk:
            return None
        return cls(**stored)

    @property
    def total(self) -> int:
        """How many questions it has."""
        return len(self.form)


def draw_preview(version: AssessmentVersion, *, seed: int, now: datetime) -> Preview:
    """Draw a form of `version`: of its frozen pools, or for a draft of what would be frozen today. Writes nothing."""
    rules = rules_in_order(version)
    pools = frozen_pools(version) if version.published_at else open_pools(rules)
    needs = [RuleNeed(rule.pk, rule.count, rule.section.position) for rule in rules]
    drawn = draw_form(needs, pools, seed=seed, shuffle=version.shuffle_questions).questions
    preview = Preview(
        version_id=version.pk,
        seed=seed,
        started_at=now.isoformat(),
        form=[(each.rule_id, each.version_id) for each in drawn],
        open_to=len(drawn),
    )
    parts = preview_parts(preview, version)
    if parts:
        preview.open_to = 0
        start_preview_part(preview, version, now=now)
    return preview


def preview_parts(preview: Preview, version: AssessmentVersion) -> list[PartReading]:
    """Return the parts of a form that is taken piece by piece; none where one moves about freely. One query."""
    rules = {rule.pk: rule for rule in rules_in_order(version)}
    if any(rule_id not in rules for rule_id, _version in preview.form):
        return []
    sections = {rule.section_id: rule.section for rule in rules.values()}
    parts = parts_of(
        [rules[rule_id].section_id for rule_id, _version in preview.form],
        {pk: section.minutes for pk, section in sections.items()},
        stretch=Fraction(1),
    )
    if not is_windowed(version.navigation, parts):
        return []
    return [
        PartReading(
            number,
            len(parts),
            sections[part.section_id].title,
            part.first,
            part.last,
            part.limit,
            parts[-1].last,
        )
        for number, part in enumerate(parts, start=1)
    ]


def leave_place(preview: Preview, version: AssessmentVersion, *, now: datetime) -> None:
    """Close what is open for good: the next question of its part opens, or nothing until the next part is started."""
    left = preview.open_to
    preview.open_from, preview.open_to, preview.window_ends_at = left + 1, left, ""
    parts = preview_parts(preview, version)
    is_inside = any(part.first <= left < part.last for part in parts)
    if is_inside and version.navigation == Navigation.FORWARD:
        preview.open_to = left + 1
        _start_clock(preview, version, now=now)


def start_preview_part(preview: Preview, version: AssessmentVersion, *, now: datetime) -> None:
    """Open the part that waits to be started."""
    part = next((part for part in preview_parts(preview, version) if part.first == preview.open_from), None)
    if part is not None and preview.open_to < part.first:
        preview.open_to = part.first if version.navigation == Navigation.FORWARD else part.last
        preview.part_ends_at = _iso(now + part.limit if part.limit is not None else None)
        _start_clock(preview, version, now=now)


def take_preview_buffer(preview: Preview, version: AssessmentVersion) -> None:
    """Give the question that is open its little more time, once; never beyond the end of its part."""
    ends = _moment(preview.window_ends_at)
    if ends is None or not version.buffer_seconds or preview.is_buffer_used:
        return
    longer = ends + timedelta(seconds=version.buffer_seconds)
    preview.window_ends_at = _iso(min(longer, _moment(preview.part_ends_at) or longer))
    preview.is_buffer_used = True


def _start_clock(preview: Preview, version: AssessmentVersion, *, now: datetime) -> None:
    """Let the clock of what has just been opened run: its question's, or its part's."""
    ends = _moment(preview.part_ends_at)
    if version.navigation == Navigation.FORWARD and version.question_seconds is not None:
        own = now + timedelta(seconds=version.question_seconds)
        ends = min(own, ends or own)
    preview.window_ends_at, preview.is_buffer_used = _iso(ends), False


def _moment(iso: str) -> datetime | None:
    return datetime.fromisoformat(iso) if iso else None


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment is not None else ""


def preview_rows(preview: Preview, version: AssessmentVersion) -> list[AttemptQuestion]:
    """Return its questions as an attempt would hold them, unsaved, with all that marking and reading ask.

    Empty when the blueprint of a draft was written anew since it was drawn. Four queries.
    """
    rules = DrawRule.objects.select_related("section").in_bulk([rule for rule, _version in preview.form])
    rules[NO_RULE] = DrawRule(pk=NO_RULE, marks=Decimal(1), section=AssessmentSection(pk=0))
    versions = (
        QuestionVersion.objects.select_related("question")
        .prefetch_related("question__skills")
        .in_bulk([pk for _rule, pk in preview.form])
    )
    if any(rule not in rules or pk not in versions for rule, pk in preview.form):
        return []
    return [
        AttemptQuestion(
            position=position,
            rule=rules[rule],
            question_version=versions[pk],
            option_order=option_order(
                versions[pk].options, seed=preview.seed, version_id=pk, shuffle=version.shuffle_options
            ),
            answer=preview.answers.get(str(position), []),
            is_flagged=position in preview.flagged,
        )
        for position, (rule, pk) in enumerate(preview.form, start=1)
    ]


def preview_page(row: AttemptQuestion, total: int) -> QuestionPage:
    """Return a question of a preview as its page shows it. Costs no query."""
    shown = rendered(row.question_version, row.option_order)
    return QuestionPage(
        position=row.position,
        total=total,
        kind=row.question_version.question.kind,
        stem_html=shown.stem_html,
        options=shown.options,
        answer=row.answer,
        answer_version=0,
        is_flagged=row.is_flagged,
    )


def preview_overview(preview: Preview) -> list[OverviewRow]:
    """Return every place with whether it is answered and flagged. Costs no query."""
    return [
        OverviewRow(
            position,
            is_answered=bool(preview.answers.get(str(position))),
            is_flagged=position in preview.flagged,
        )
        for position in range(1, preview.total + 1)
    ]


def preview_attempt(preview: Preview | None, version: AssessmentVersion, *, now: datetime) -> Attempt:
    """Return the attempt that a candidate would have, unsaved: what candidates' pages ask of theirs."""
    started = datetime.fromisoformat(preview.started_at) if preview else now
    invitation = Invitation(
        version=version,
        candidate=Candidate(),
        not_before=version.opens_at,
        expires_at=version.closes_at or now + timedelta(days=14),
    )
    return Attempt(
        invitation=invitation,
        state=AttemptState.SUBMITTED,
        submitted_by=SubmittedBy.CANDIDATE,
        submitted_at=now,
        started_at=started,
        deadline_at=started + timedelta(minutes=version.minutes),
        open_from=preview.open_from if preview else 1,
        open_to=preview.open_to if preview else 0,
        window_deadline_at=_moment(preview.window_ends_at) if preview else None,
        is_buffer_used=preview is not None and preview.is_buffer_used,
    )
