"""Whether somebody may take a test once more, and within which window an invitation lies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from assessments.enums import RetakeRefusal


@dataclass(frozen=True, slots=True)
class Taken:
    """How often a person handed a test in, over all its versions and invitations, and when last. Void counts not."""

    times: int = 0
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NotAgain:
    """Why somebody may not take a test again; `allowed_at` is from when on they may, if ever."""

    reason: RetakeRefusal
    allowed_at: datetime | None = None


def why_not_again(taken: Taken, *, most: int, after_days: int, now: datetime) -> NotAgain | None:
    """Return why a person may not be invited again; None when they may."""
    if taken.times >= most:
        return NotAgain(RetakeRefusal.NO_MORE)
    if taken.last_at is not None and now < taken.last_at + timedelta(days=after_days):
        return NotAgain(RetakeRefusal.TOO_EARLY, taken.last_at + timedelta(days=after_days))
    return None


@dataclass(frozen=True, slots=True)
class Open:
    """From when until when a test may be started by somebody who is invited."""

    not_before: datetime | None
    expires_at: datetime


def within_window(
    *,
    not_before: datetime | None,
    expires_at: datetime,
    opens_at: datetime | None,
    closes_at: datetime | None,
) -> Open:
    """Return the stretch that lies within both the invitation's own ends and the test's."""
    starts = [moment for moment in (not_before, opens_at) if moment is not None]
    return Open(max(starts, default=None), min(expires_at, closes_at or expires_at))
