"""What the CSV and the XLSX reader have in common: their limits, their rows and their errors."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rendering.characters import clean_text
from rendering.tables import restore

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
MAX_CELL = 10_000
# The last row and column Excel itself can hold; blank cells count up to there without complaint.
LAST_ROW = 1_048_576
LAST_COLUMN = 16_384


class TableError(ValueError):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row as it stands in the file: its number, its texts, and what was found wrong at which position."""

    number: int
    values: tuple[str, ...]
    faults: tuple[tuple[int, str], ...] = ()


def tidy_cell(text: str) -> str:
    """Return the text of a cell as the product keeps it."""
    return clean_text(restore(text))


def too_many_rows(name: str) -> TableError:
    return TableError(_("%(file)s has more than 20,000 rows. Split it into smaller files.") % {"file": name})


def too_wide(name: str, row: int) -> TableError:
    return TableError(
        _("Row %(row)d of %(file)s reaches beyond 200 columns. Delete the columns that are not needed.")
        % {"file": name, "row": row}
    )
