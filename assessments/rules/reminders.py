"""When somebody who has not started is reminded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

DEFAULT_REMINDER_DAYS: Final = (4, 1)
MOST_REMINDERS: Final = 5
MOST_REMINDER_DAYS: Final = 90


def next_reminder(
    *,
    invited_at: datetime,
    expires_at: datetime,
    days: Iterable[int],
    after: datetime,
    not_before: datetime | None = None,
) -> datetime | None:
    """Return the first moment past `after` at which the person is reminded; None when there is none to come.

    A reminder goes out at the hour of the invitation, which nobody sends at night, and at least so many days before
    the invitation ends. One that would come before the test opens is left out.
    """
    earliest = max(after, not_before or after, invited_at)
    moments = (_at_hour(expires_at - timedelta(days=number), invited_at) for number in days if number > 0)
    return min((moment for moment in moments if moment > earliest), default=None)


def reminder_once_allowed(
    *, invited_at: datetime, expires_at: datetime, allowed_at: datetime | None
) -> datetime | None:
    """Return when somebody is reminded who may start from `allowed_at` on; None when the invitation is over by then.

    Not before, and at the hour of the invitation, unless it is too late then.
    """
    if allowed_at is None or allowed_at >= expires_at:
        return None
    days = -((invited_at - allowed_at) // timedelta(days=1))
    at_hour = invited_at + timedelta(days=days)
    return at_hour if at_hour < expires_at else allowed_at


def _at_hour(latest: datetime, like: datetime) -> datetime:
    """Return the last moment up to `latest` that is whole days after `like`."""
    return like + timedelta(days=(latest - like) // timedelta(days=1))
