"""How much one file holds."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext

# An XLSX is made whole while somebody waits; a CSV is sent piece by piece and has no end.
MOST_XLSX_ROWS: Final = 5_000
# How many rows are loaded whole at a time.
CHUNK: Final = 500


class TooManyRows(Exception):  # noqa: N818 -- nothing went wrong, there is another way
    """So many rows are taken as CSV. The message is for the colleague who asked."""


def refuse_too_many(count: int, format: str) -> None:  # noqa: A002 -- what it is called in the address
    """Raise `TooManyRows` for an XLSX of `count` rows that would take too long."""
    if format == "xlsx" and count > MOST_XLSX_ROWS:
        words = gettext("That is %(count)s rows; an XLSX file takes at most %(limit)s. Take the CSV file.")
        raise TooManyRows(words % {"count": f"{count:,}", "limit": f"{MOST_XLSX_ROWS:,}"})
