"""What happened in a sitting, line by line from the start to the end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import AttemptEventKind
from assessments.models import AnswerRevision, Attempt, AttemptEvent, TimeAdjustment

# What the two ends and the answers are called among the kinds of events.
STARTED, ANSWERED, TIME_GIVEN, ENDED = "started", "answered", "time_given", "ended"


@dataclass(frozen=True, slots=True)
class SittingLine:
    """One thing that happened: when, how long after the start, and in words."""

    kind: str
    moment: datetime
    after: timedelta
    text: str

    @property
    def is_noticed(self) -> bool:
        """Whether it is one of the signals, not the ordinary course."""
        return self.kind in AttemptEventKind.noticed

    @property
    def clock(self) -> str:
        """How long after the start, "12:05"."""
        minutes, seconds = divmod(max(0, int(self.after.total_seconds())), 60)
        return f"{minutes}:{seconds:02d}"


def length_of_time(seconds: int) -> str:
    """Say a length of time in seconds, from two minutes on in minutes."""
    if seconds < 120:
        return _("%(count)d s") % {"count": seconds}
    return _("%(count)d min") % {"count": seconds // 60}


def sitting_lines(attempt: Attempt) -> list[SittingLine]:
    """Return everything that happened in `attempt`, in order. Three queries."""
    told = [*_ends(attempt), *_answers(attempt), *_events(attempt), *_adjustments(attempt)]
    told.sort(key=lambda each: (each[1], each[0] == ENDED))
    return [SittingLine(kind, moment, moment - attempt.started_at, text) for kind, moment, text in told]


Told = tuple[str, datetime, str]


def _ends(attempt: Attempt) -> Iterator[Told]:
    yield STARTED, attempt.started_at, _("Started")
    if attempt.submitted_at is not None:
        text = _("Ended: %(who)s") % {"who": attempt.get_submitted_by_display()}
        yield ENDED, attempt.submitted_at, text


def _answers(attempt: Attempt) -> Iterator[Told]:
    revisions = AnswerRevision.objects.filter(attempt=attempt).values_list(
        "position", "number", "answer", "received_at"
    )
    for position, number, answer, moment in revisions:
        words = _("Answered question %(number)d")
        if not answer:
            words = _("Cleared the answer to question %(number)d")
        elif number > 1:
            words = _("Changed the answer to question %(number)d")
        yield ANSWERED, moment, words % {"number": position}


def _events(attempt: Attempt) -> Iterator[Told]:
    for event in AttemptEvent.objects.filter(attempt=attempt).order_by("at", "pk"):
        yield event.kind, event.at, _event_words(event)


def _event_words(event: AttemptEvent) -> str:
    """What happened, where and how long or how much, as far as it is known: erasure leaves the kind alone."""
    facts = [str(event.get_kind_display())]
    data: dict[str, Any] = event.data
    if data.get("position"):
        facts.append(_("question %(number)d") % {"number": data["position"]})
    if "seconds" in data and event.kind == AttemptEventKind.FOCUS_LOST:
        facts.append(length_of_time(data["seconds"]))
    if "length" in data:
        length = int(data["length"])
        facts.append(ngettext("%(count)d character", "%(count)d characters", length) % {"count": length})
        facts += {"stem": [_("from the question")], "option": [_("from an option")]}.get(data["target"], [])
    return ", ".join(facts)


def _adjustments(attempt: Attempt) -> Iterator[Told]:
    for adjustment in TimeAdjustment.objects.filter(attempt=attempt).order_by("at", "pk"):
        if adjustment.seconds:
            minutes = f"{adjustment.seconds / 60:g}"
            words = _("%(what)s: %(minutes)s min") % {
                "what": adjustment.get_kind_display(),
                "minutes": minutes,
            }
            yield TIME_GIVEN, adjustment.at, words
