"""How many résumés are dropped on a job at once, how many wait there, and for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

# Below what a request may bring (DATA_UPLOAD_MAX_NUMBER_FILES), so that whoever drops more is told in words.
MOST_AT_ONCE: Final = 30

# More drafts than these of one job nobody looks over.
MOST_WAITING: Final = 300

# What nobody looked over by then is forgotten, with its file.
DRAFTS_KEPT_FOR: Final = timedelta(days=30)
