"""How many at once, and how long something is news."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# More than this at once is refused with words; nothing is cut off silently.
BULK_LIMIT: Final = 10_000

# More places than this are no job.
MOST_OPENINGS: Final = 200

# Results, moves and mail older than this are history, not news.
RECENT: Final = timedelta(days=30)
