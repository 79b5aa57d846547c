"""The XLSX half of `rendering.sheets`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.cell.cell import ERROR_CODES

from rendering.archives import ArchiveError, open_archive
from rendering.raw_rows import LAST_ROW, MAX_COLUMNS, MAX_ROWS, RawRow, TableError, tidy_cell

_EXACT = 2**53
_WORKBOOK = "xl/workbook.xml"
_LONG_PARTS = ("xl/worksheets/", "xl/sharedStrings.xml")
# Formatting alone can stretch a sheet to 16,384 columns in each row; somewhere reading nothing has to end.
_MAX_BLANK_CELLS = 5 * MAX_ROWS * MAX_COLUMNS


def read(data: bytes, name: str) -> tuple[Iterator[RawRow], list[str]]:
    """Return the rows of the first visible sheet and warnings. Raises: `TableError`, also while rows are read."""
    try:
        archive = open_archive(data, long_parts=_LONG_PARTS)
    except ArchiveError as error:
        raise TableError(f"{name}: {error}") from error
    if _WORKBOOK not in archive.namelist():
        raise TableError(
            _("%(file)s is neither a CSV nor an XLSX file. Save the table as “CSV UTF-8” or .xlsx.")
            % {"file": name}
        )
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    except Exception as error:
        # openpyxl raises whatever its many readers stumble over; to the person it is one thing.
        raise _damaged(name) from error
    if not visible:
        raise TableError(
            _("%(file)s has no visible sheet. Show the sheet to read and save.") % {"file": name}
        )
    warnings = []
    if len(visible) > 1:
        warning = _("%(file)s has %(count)d sheets; only the first, “%(sheet)s”, is read.")
        warnings.append(warning % {"file": name, "count": len(visible), "sheet": visible[0].title})
    return _rows(visible[0], name), warnings


def _rows(sheet: Any, name: str) -> Iterator[RawRow]:
    # Some programs write a wrong size of the sheet, and openpyxl would cut rows off there.
    sheet.reset_dimensions()
    cells = sheet.iter_rows(values_only=True)
    cells_seen = 0
    # A file that names a row beyond the last one would have us count for hours.
    for number in range(1, LAST_ROW + 1):
        try:
            values = next(cells)
        except StopIteration:
            return
        except Exception as error:
            raise _damaged(name) from error
        cells_seen += len(values)
        if cells_seen > _MAX_BLANK_CELLS:
            raise TableError(
                _(
                    "%(file)s is formatted far beyond its contents. Copy the cells into a new sheet and save that."
                )
                % {"file": name}
            )
        faults = tuple(
            (index, _("This cell holds the error %(error)s. Mend the formula.") % {"error": value})
            for index, value in enumerate(values)
            if value in ERROR_CODES
        )
        yield RawRow(number, tuple(map(_text, values)), faults)


def _damaged(name: str) -> TableError:
    return TableError(
        _("%(file)s is damaged. Save it again as .xlsx and upload the new copy.") % {"file": name}
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, datetime):
        # Excel has no dates without a time: midnight is how it stores a day.
        return value.date().isoformat() if value.time() == time.min else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return tidy_cell(str(value))
