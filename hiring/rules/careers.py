"""What strangers may do on the careers pages, and within what bounds."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# Nobody reads a form and fills it in quicker than this.
QUICKEST_FORM: Final = timedelta(seconds=3)
# A form that was left open for longer is shown anew, with what was typed.
LONGEST_FORM: Final = timedelta(hours=24)
JOBS_A_PAGE: Final = 25
# Of all jobs in a feed; readers of feeds want the newest.
MOST_IN_FEED: Final = 200
