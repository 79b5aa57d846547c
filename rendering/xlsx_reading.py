"""The XLSX half of `rendering.sheets`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.xml.constants import SHARED_STRINGS

from rendering.archives import MAX_UNPACKED, ArchiveError, open_archive
from rendering.raw_rows import LAST_ROW, RawRow, TableError
from rendering.xlsx_cells import SheetRow, Styles, read_cells, read_strings

_WORKBOOK = "xl/workbook.xml"
_LONG_PARTS = ("xl/worksheets/", "xl/sharedStrings.xml")


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
        book = ExcelReader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        book.read_manifest()
        book.read_workbook()
        apply_stylesheet(book.archive, book.wb)
        visible = [
            (sheet.name, rel.target)
            for sheet, rel in book.parser.find_sheets()
            if sheet.state == "visible" and "chartsheet" not in rel.Type and rel.target in book.valid_files
        ]
    except Exception as error:
        # openpyxl raises whatever its many readers stumble over; to the person it is one thing.
        raise _damaged(name) from error
    if not visible:
        raise TableError(
            _("%(file)s has no visible sheet. Show the sheet to read and save.") % {"file": name}
        )
    title, part = visible[0]
    warnings = []
    if len(visible) > 1:
        warning = _("%(file)s has %(count)d sheets; only the first, “%(sheet)s”, is read.")
        warnings.append(warning % {"file": name, "count": len(visible), "sheet": title})
    return _rows(book, part, name), warnings


def _rows(book: Any, part: str, name: str) -> Iterator[RawRow]:
    styles = Styles(book.wb._date_formats, book.wb._timedelta_formats, book.wb.epoch)
    characters = 0
    try:
        with book.archive.open(part) as source:
            for row in read_cells(source, _strings(book), styles):
                # A file that names one long text in each of its cells is small itself.
                characters += sum(map(len, row.texts.values()))
                if characters > MAX_UNPACKED or row.number > LAST_ROW:
                    raise _too_far(name)
                yield _raw_row(row)
    except TableError:
        raise
    except Exception as error:
        raise _damaged(name) from error


def _strings(book: Any) -> list[str]:
    named = book.package.find(SHARED_STRINGS)
    if named is None:
        return []
    with book.archive.open(named.PartName[1:]) as source:
        return read_strings(source)


def _raw_row(row: SheetRow) -> RawRow:
    # Formatting alone can stretch a row to 16,384 columns.
    width = max((column + 1 for column, text in row.texts.items() if text.strip()), default=0)
    faults = tuple(
        (column, _("This cell holds the error %(error)s. Mend the formula.") % {"error": error})
        for column, error in row.errors.items()
    )
    return RawRow(row.number, tuple(row.texts.get(column, "") for column in range(width)), faults)


def _too_far(name: str) -> TableError:
    return TableError(
        _("%(file)s is formatted far beyond its contents. Copy the cells into a new sheet and save that.")
        % {"file": name}
    )


def _damaged(name: str) -> TableError:
    return TableError(
        _("%(file)s is damaged. Save it again as .xlsx and upload the new copy.") % {"file": name}
    )
