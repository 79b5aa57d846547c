"""Rows as CSV or XLSX files that a spreadsheet opens without running anything in them.

A text that a spreadsheet could take for a formula gets one apostrophe in front (`neutralise`); reading the file
back with `rendering.sheets` takes that one apostrophe off again (`restore`), so a round trip changes nothing.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from rendering.characters import clean_line, clean_text

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

Row = TypeVar("Row")

XLSX_MAX_TEXT = 32_767
# Excel keeps 15 digits of a number; a longer one (an id, a card) would come back changed.
_EXACT_DIGITS = 10**15
_FIRST_EXCEL_YEAR = 1900
_MIN_WIDTH, _MAX_WIDTH = 12, 48
# Quotes, spaces and invisible characters may stand before the sign; full-width signs count like the plain ones.
_FORMULA = re.compile(r"[\t\r]|[\s\"'`\u2018\u2019\u201c\u201d\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]")
_SHEET_NAME_SIGNS = re.compile(r"[\[\]:*?/\\]")


# Without slots: `TableColumn[X](…)` tries to keep on the column what X is, and takes only one refusal for an answer.
@dataclass(frozen=True)
class TableColumn(Generic[Row]):
    """A column of a file: its heading, and what a row says there. One list of them is headings and cells alike."""

    heading: _StrOrPromise
    value: Callable[[Row], Any]


def headings_of(columns: Iterable[TableColumn[Any]]) -> list[str]:
    """Return the header row of `columns`, in the language of this moment."""
    return [str(column.heading) for column in columns]


def cells_of(columns: Iterable[TableColumn[Row]], row: Row) -> list[Any]:
    """Return what `row` says in each of `columns`."""
    return [column.value(row) for column in columns]


def neutralise(text: str) -> str:
    """Return `text` with an apostrophe in front if a spreadsheet could take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def restore(text: str) -> str:
    """Return `text` without the apostrophe that `neutralise` put there; the exact reverse of it."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text


def stream_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """Yield a CSV file piece by piece: RFC 4180, comma, CRLF, UTF-8 with the mark that Excel looks for.

    Text is quoted and neutralised, numbers are bare, moments are ISO 8601 with their offset, truth is `true` or
    `false`, nothing is an empty cell.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([_csv_value(header) for header in headers])
    for row in rows:
        if buffer.tell() > 32_768:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
        writer.writerow([_csv_value(value) for value in row])
    yield buffer.getvalue().encode()


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the whole file of `stream_csv`."""
    return b"".join(stream_csv(headers, rows))


def write_xlsx(
    headers: Sequence[str], rows: Iterable[Sequence[Any]], sheet_name: str, *, zone: tzinfo = UTC
) -> bytes:
    """Return an XLSX file with one sheet, its header row bold and fixed.

    Text is neutralised and stored as text whatever it looks like; numbers and dates are real. Excel knows no time
    zones: a moment is shown in `zone` and its cell format names that zone. Text longer than a cell holds
    (32,767 characters) ends in an ellipsis.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_sheet_title(sheet_name))
    sheet.freeze_panes = "A2"
    for index, header in enumerate(headers, start=1):
        width = min(max(len(str(header)) + 2, _MIN_WIDTH), _MAX_WIDTH)
        sheet.column_dimensions[get_column_letter(index)].width = width
    bold = Font(bold=True)
    sheet.append([_xlsx_cell(sheet, str(header), zone, font=bold) for header in headers])
    for row in rows:
        sheet.append([_xlsx_cell(sheet, value, zone) for value in row])
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def _csv_value(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if _is_number(value):
        return value if math.isfinite(value) else ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return neutralise(clean_text(str(value)))


def _xlsx_cell(sheet: Any, value: Any, zone: tzinfo, font: Font | None = None) -> Cell | None:
    content, number_format = _xlsx_value(value, zone)
    if content is None:
        return None
    cell = WriteOnlyCell(sheet, value=content)
    if isinstance(content, str):
        cell.data_type = "s"
    if number_format:
        cell.number_format = number_format
    if font:
        cell.font = font
    return cell


def _xlsx_value(value: Any, zone: tzinfo) -> tuple[Any, str]:
    if value is None or isinstance(value, bool):
        return value, ""
    if _is_number(value):
        if not math.isfinite(value):
            return None, ""
        return (value, "") if abs(value) < _EXACT_DIGITS else (_text(str(value)), "")
    if isinstance(value, date) and value.year < _FIRST_EXCEL_YEAR:
        return value.isoformat(), ""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.replace(microsecond=0), "yyyy-mm-dd hh:mm:ss"
        local = value.astimezone(zone)
        name = (local.tzname() or "").replace('"', "")
        return local.replace(tzinfo=None, microsecond=0), f'yyyy-mm-dd hh:mm:ss" {name}"'
    if isinstance(value, date):
        return value, "yyyy-mm-dd"
    if isinstance(value, time):
        return value.replace(tzinfo=None), "hh:mm:ss"
    return _text(str(value)), ""


def _text(value: str) -> str:
    text = neutralise(clean_text(value))
    return text if len(text) <= XLSX_MAX_TEXT else f"{text[: XLSX_MAX_TEXT - 1]}…"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _sheet_title(name: str) -> str:
    title = _SHEET_NAME_SIGNS.sub(" ", clean_line(name))[:31].strip(" '")
    return title or "Sheet1"
