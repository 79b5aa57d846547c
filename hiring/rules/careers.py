"""What strangers may do on the careers pages, and within what bounds."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# Nobody reads a form and fills it in quicker than this.
QUICKEST_FORM: Final = timedelta(seconds=3)
# A form that was left open for longer is shown anew, with what was typed.
LONGEST_FORM: Final = timedelta(hours=24)
# So long a file waits for a form that came back with something to mend, or was sent.
KEPT_FOR: Final = timedelta(hours=1)
# All files that wait, together: strangers cannot fill the disk.
ROOM_TO_KEEP: Final = 500 * 1024 * 1024
# The most bytes of a form with its files: what the files may have together, and room for what is typed.
MOST_SENT: Final = 25 * 1024 * 1024
# Of one application, those that others took the place of included.
MOST_DOCUMENTS: Final = 30
JOBS_A_PAGE: Final = 25
# Of all jobs in a feed; readers of feeds want the newest.
MOST_IN_FEED: Final = 200
