"""Where a sitting is and what its clocks say: for the frame of its pages, for scripts, for the way back into it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments import queries
from assessments.enums import Navigation
from assessments.models import Attempt
from assessments.queries import PartReading
from assessments.rules import stretch_for, stretched
from assessments.taking.words import duration
from rendering.moments import iso_time


@dataclass(frozen=True)
class Limit:
    """The clock of the part or of the question that is open."""

    ends_at: str
    iso: str
    seconds: int
    # What one tap gives, in words; empty where none is offered, or not any more.
    buffer: str


def is_forward(attempt: Attempt) -> bool:
    """Whether a question that was left is closed for good."""
    return attempt.invitation.version.navigation == Navigation.FORWARD


def way_in(attempt: Attempt) -> tuple[str, tuple[object, ...]]:
    """Return the page of a running test where its person is: its name and the arguments of its address.

    One query, two between parts.
    """
    if attempt.is_between_parts:
        part = queries.part_here(attempt)
        return ("overview", ()) if part is None else ("part", ())
    last = queries.last_answered(attempt)
    is_open = last is not None and attempt.open_from <= last <= attempt.open_to
    return "question", (last if is_open else attempt.open_from,)


def limit_of(attempt: Attempt, part: PartReading | None) -> Limit | None:
    """Return the clock of what is open; None where only the whole test has one."""
    ends = attempt.window_deadline_at
    if ends is None:
        return None
    seconds = _question_limit(attempt) or (part.limit if part else None) or timedelta()
    local = timezone.localtime(ends)
    return Limit(
        ends_at=f"{date_format(local, 'H:i:s')} {local.tzname()}",
        iso=ends.isoformat(),
        seconds=int(seconds.total_seconds()),
        buffer=_buffer(attempt),
    )


def clock_of(attempt: Attempt, *, now: datetime) -> dict[str, Any]:
    """Return what a script is told with every answer of the server: its time, the clocks, the places that are open."""
    return {
        "server_now": now.isoformat(),
        "deadline_at": attempt.deadline_at.isoformat(),
        "state": attempt.state,
        "paused_at": attempt.paused_at and attempt.paused_at.isoformat(),
        "window_deadline_at": attempt.window_deadline_at and attempt.window_deadline_at.isoformat(),
        "open_from": attempt.open_from,
        "open_to": attempt.open_to,
    }


def part_name(part: PartReading | None) -> str:
    """Say in which part of a test somebody is; empty for a test of one part."""
    if part is None or part.total == 1:
        return ""
    names = {"number": part.number, "total": part.total, "title": part.title}
    if part.title:
        return _("Part %(number)d of %(total)d: %(title)s") % names
    return _("Part %(number)d of %(total)d") % names


def late_note(late: str) -> str:
    """What a page says about a choice that came too late; `late` is the place as the address names it."""
    if not (late.isascii() and late.isdigit() and len(late) < 4):
        return ""
    return _(
        "Your last choice at question %(number)s came after it was closed and does not count. What was saved before "
        "does."
    ) % {"number": late}


def paused_since(attempt: Attempt) -> dict[str, str]:
    """Return since when the clock of an attempt stands still, for people and for machines; "" while it runs."""
    if attempt.paused_at is None:
        return {"words": "", "iso": ""}
    local = timezone.localtime(attempt.paused_at)
    return {"words": f"{date_format(local, 'H:i')} {local.tzname()}", "iso": iso_time(attempt.paused_at)}


def words_for_scripts(attempt: Attempt, limit: Limit | None) -> dict[str, str]:
    """What the scripts of a test say that is paused, or taken piece by piece."""
    said = {
        "stands_still": _("%s left, paused"),
        "goes_on": _("Your test goes on."),
        "closed": _("This place is closed. Your test goes on at another one."),
    }
    if limit is None:
        return said
    half = {"time": duration(timedelta(seconds=limit.seconds) / 2)}
    if _question_limit(attempt) is not None:
        return said | {
            "window_left": _("%s for this question"),
            "window_over": _("The time for this question is over. What is saved counts. The test goes on."),
            "window_half": _("Half of the time for this question is over. %(time)s left for it.") % half,
            "window_ten": _("10 minutes left for this question."),
            "window_five": _("5 minutes left for this question."),
            "window_one": _("1 minute left for this question."),
            "buffer_taken": _("You have a little more time for this question."),
        }
    return said | {
        "window_left": _("%s for this part"),
        "window_over": _("The time for this part is over. What is saved counts. The test goes on."),
        "window_half": _("Half of the time for this part is over. %(time)s left for it.") % half,
        "window_ten": _("10 minutes left for this part."),
        "window_five": _("5 minutes left for this part."),
        "window_one": _("1 minute left for this part."),
    }


def _question_limit(attempt: Attempt) -> timedelta | None:
    version = attempt.invitation.version
    return stretched(version.question_seconds, _stretch(attempt))


def _buffer(attempt: Attempt) -> str:
    version = attempt.invitation.version
    if version.question_seconds is None or not version.buffer_seconds or attempt.is_buffer_used:
        return ""
    more = stretched(version.buffer_seconds, _stretch(attempt)) or timedelta()
    return _("%(time)s more") % {"time": duration(more)}


def _stretch(attempt: Attempt) -> Any:
    return stretch_for(attempt.invitation.version.minutes, attempt.invitation.extra_seconds)
