"""How many at once, and how long something is news."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

# More than this at once is refused with words; nothing is cut off silently.
BULK_LIMIT: Final = 10_000

# More places than this are no job.
MOST_OPENINGS: Final = 200

# So many places to fill are added with one press.
OPENINGS_AT_ONCE: Final = 50

# A rejection is mailed so many days later at most.
MAIL_DAYS: Final = 30

# How long an invitation that ran out can be started once more.
DAYS_MORE: Final = 7

# So long what was decided can be undone with a press; whoever presses in the last moment is heard a little longer, and
# nothing goes out before.
UNDO_FOR: Final = timedelta(seconds=10)
UNDO_HEARD_FOR: Final = UNDO_FOR + timedelta(seconds=2)

# Long work says when it is done, not when it decided about somebody: nothing that it asks for is due before it can be
# undone. So much is allowed for each of them.
UNDO_PACE: Final = timedelta(milliseconds=100)

# What is being undone goes out no earlier, however long the worker is busy with something else.
UNDO_WAITS: Final = timedelta(minutes=10)

# Results, moves and mail older than this are history, not news.
RECENT: Final = timedelta(days=30)


def settled_at(now: datetime, count: int = 1) -> datetime:
    """Return when what is decided now about so many people can be undone no more."""
    return now + UNDO_HEARD_FOR + (count - 1) * UNDO_PACE
