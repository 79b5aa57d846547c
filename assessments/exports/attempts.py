"""One attempt as a document to be kept or handed on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.queries import organisation
from assessments.enums import AttemptState, Band
from assessments.models import TimeAdjustment
from assessments.queries import AttemptReading, QuestionReading, ScorePart
from assessments.queries.lists import percent_words
from assessments.queries.reading import time_used
from rendering.blocks import Block, markdown_blocks, paragraph
from rendering.moments import exact_time, time_of_day
from rendering.pdf import write_pdf

_TONES = {Band.PASSED: "good", Band.BORDERLINE: "attention", Band.BELOW: "bad"}


def attempt_pdf(reading: AttemptReading, *, title: str, with_extra_time: bool, now: datetime) -> bytes:
    """Return what the page of an attempt says as a PDF. One query; `reading` holds no more than its reader may see."""
    own = organisation()
    footer = _("%(organisation)s · written %(moment)s · confidential") % {
        "organisation": own.name,
        "moment": exact_time(now),
    }
    blocks = [
        *_result(reading),
        {"kind": "facts", "rows": _facts(reading, with_extra_time=with_extra_time)},
        *_parts(_("By section"), _("Section"), reading.sections),
        *_parts(_("By skill"), _("Skill"), reading.skills),
    ]
    for question in reading.questions:
        if question.part:
            blocks.append({"kind": "heading", "level": 2, "text": question.part})
        blocks += _question(question)
    return write_pdf(title=title, author=own.name, footer=footer, blocks=blocks)


def _result(reading: AttemptReading) -> list[Block]:
    state = AttemptState(reading.attempt.state)
    labels = [{"text": str(state.label), "tone": "bad" if state == AttemptState.VOID else "neutral"}]
    if reading.score is None:
        return [{"kind": "marks", "labels": labels}]
    band = Band(reading.score.band)
    labels.append({"text": str(band.label), "tone": _TONES[band]})
    return [{"kind": "marks", "labels": labels}, paragraph(percent_words(reading.score))]


def _facts(reading: AttemptReading, *, with_extra_time: bool) -> list[list[str]]:
    attempt, invitation = reading.attempt, reading.attempt.invitation
    version = _("%(test)s, version %(number)d") % {
        "test": invitation.version.assessment.name,
        "number": invitation.version.number,
    }
    rows = [
        [_("Candidate"), str(invitation.candidate)],
        [_("Test"), version],
        [_("Started"), exact_time(attempt.started_at)],
        [_("Deadline"), exact_time(attempt.deadline_at)],
    ]
    if attempt.submitted_at is not None:
        rows.append([_("Finished"), exact_time(attempt.submitted_at)])
    used = time_used(attempt, reading.adjustments)
    if used is not None:
        rows.append([_("Time used"), _minutes(used.total_seconds())])
    if with_extra_time and invitation.extra_seconds:
        rows.append([_("Extra time"), _minutes(invitation.extra_seconds)])
    if attempt.void_reason:
        rows.append([_("Why it is void"), attempt.void_reason])
    return [*rows, *_adjustments(reading.adjustments)]


def _adjustments(adjustments: Iterable[TimeAdjustment]) -> list[list[str]]:
    return [
        [
            each.get_kind_display(),
            ", ".join(filter(None, [_minutes(each.seconds) if each.seconds else "", each.reason])),
        ]
        for each in adjustments
        if each.seconds or each.reason
    ]


def _minutes(seconds: float) -> str:
    return _("%(count)d min") % {"count": int(seconds // 60)}


def _parts(title: str, first: str, parts: Sequence[ScorePart]) -> list[Block]:
    if not parts:
        return []
    head = [[{"text": first}], [{"text": _("Marks")}], [{"text": "%"}]]
    rows = [
        [
            {"runs": [{"text": text}]}
            for text in (part.name, _marks(part.marks, part.possible), f"{part.percent}")
        ]
        for part in parts
    ]
    return [
        {"kind": "heading", "level": 2, "text": title},
        {"kind": "table", "head": head, "rows": rows, "align": ["", "right", "right"]},
    ]


def _marks(marks: Decimal, possible: Decimal) -> str:
    return _("%(marks)s of %(possible)s") % {"marks": _number(marks), "possible": _number(possible)}


def _number(value: Decimal) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _question(question: QuestionReading) -> list[Block]:
    heading = _("Question %d") % question.position
    if question.mark is not None:
        heading += ": " + _marks(question.mark, question.possible)
    return [
        {"kind": "heading", "level": 3, "text": heading},
        *markdown_blocks(question.stem),
        *(
            {
                "kind": "option",
                "letter": option.letter,
                "blocks": markdown_blocks(option.text),
                "strong": option.is_chosen,
                "labels": [
                    *([{"text": _("chosen"), "tone": "accent"}] if option.is_chosen else []),
                    *([{"text": _("right"), "tone": "good"}] if option.is_right else []),
                ],
            }
            for option in question.options
        ),
        {"kind": "quiet", "text": " · ".join(_remarks(question))},
    ]


def _remarks(question: QuestionReading) -> list[str]:
    remarks = [", ".join(question.skills)]
    if not question.is_answered:
        remarks.append(_("not answered"))
    if question.seconds is not None:
        remarks.append(_("%(count)d s in sight") % {"count": question.seconds})
    if len(question.changes) > 1:
        changes = "; ".join(
            f"{time_of_day(change.moment)} {', '.join(change.letters) or '–'}" for change in question.changes
        )
        count = len(question.changes)
        times = ngettext("answered %d time", "answered %d times", count) % count
        remarks.append(f"{times} ({changes})")
    return remarks
