"""The clock of a test. Every moment is an aware UTC moment of the server; nothing a browser says counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

# What a slow network may cost: a save or a submit counts up to and including deadline + allowance, once.
LATE_ALLOWANCE: Final = timedelta(seconds=5)
# How long an invitation is open when nobody says otherwise.
INVITATION_DAYS: Final = 14


def deadline_for(
    *, started_at: datetime, minutes: int, extra_seconds: int = 0, adjustments: Iterable[int] = ()
) -> datetime:
    """Return when an attempt ends: its start, the test's limit, the person's extra time and every adjustment since.

    The end of an invitation decides when a test may be started, not how long it lasts: who starts a minute before
    gets the whole time.
    """
    return started_at + timedelta(minutes=minutes, seconds=extra_seconds + sum(adjustments))


def last_good_deadline(now: datetime) -> datetime:
    """Return the earliest deadline that is not over at `now`: what a query compares `deadline_at` with."""
    return now - LATE_ALLOWANCE


def is_in_time(deadline_at: datetime, *, now: datetime) -> bool:
    """Whether a save or a submit at `now` still counts. The boundary itself does."""
    return deadline_at >= last_good_deadline(now)


def check_after(deadline_at: datetime) -> datetime:
    """Return the last moment at which an attempt is left alone; a worker closes it as soon as this has passed."""
    return deadline_at + LATE_ALLOWANCE
