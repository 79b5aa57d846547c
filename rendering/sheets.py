"""Reading a table that somebody uploads: CSV or XLSX, told apart by content, never by name.

What makes the whole file unreadable raises `TableError`. What is wrong with one row or column is a `Problem` with
its place; the caller writes nothing while there are problems.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from rendering import csv_reading, xlsx_reading
from rendering.characters import clean_line
from rendering.raw_rows import (
    MAX_BYTES,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    RawRow,
    TableError,
    too_many_rows,
    too_wide,
)

MAX_HEADER = 200
# Of what stands in a column so many cells are shown, and so much of each; they are looked for in so many rows.
_CELLS_SHOWN, _CELL_LENGTH, _ROWS_LOOKED_AT = 3, 80, 500

__all__ = ["Problem", "Row", "Table", "TableError", "read_table"]

_ZIP_MARKS = (b"PK\x03\x04", b"PK\x05\x06")
_OLD_EXCEL_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at one place. `row` counts as a spreadsheet does, from 1 with the header row included."""

    row: int
    letter: str
    column: str
    message: str

    @property
    def place(self) -> str:
        """The place in words: "row 5, column C (Email)"."""
        if not self.letter:
            return _("row %(row)d") % {"row": self.row}
        if not self.column:
            return _("row %(row)d, column %(letter)s") % {"row": self.row, "letter": self.letter}
        return _("row %(row)d, column %(letter)s (%(column)s)") % {
            "row": self.row,
            "letter": self.letter,
            "column": self.column,
        }


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the headers. `cells` has one text for each header, empty where the file has nothing."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What was read. `letters` maps a header to its column; `warnings` are for the file as a whole."""

    headers: tuple[str, ...]
    letters: dict[str, str]
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]

    def problem(self, row: Row, header: str, message: str) -> Problem:
        """Return a problem at that cell, for callers that find more wrong than reading could."""
        return Problem(row.number, self.letters.get(header, ""), header, message)

    def sample(self) -> list[dict[str, Any]]:
        """Return the columns, each as its letter, its header and the first few `cells` in it that differ, as lines."""
        return [
            {"letter": self.letters[header], "header": header, "cells": self._cells(header)}
            for header in self.headers
        ]

    def _cells(self, header: str) -> list[str]:
        filled = (clean_line(row.cells[header]) for row in self.rows[:_ROWS_LOOKED_AT])
        short = (
            text if len(text) <= _CELL_LENGTH else f"{text[: _CELL_LENGTH - 1]}…" for text in filled if text
        )
        return list(dict.fromkeys(short))[:_CELLS_SHOWN]


def read_table(
    data: bytes, filename: str | None = None, *, max_bytes: int = MAX_BYTES, max_cell: int = MAX_CELL
) -> Table:
    """Return the table in `data`.

    CSV may be UTF-8 or UTF-16 with a mark, UTF-8 without one, or Windows-1252 (with a warning), separated by comma,
    semicolon or tab. Of an XLSX file the first sheet that is not hidden is read: values, not formulas; whole
    numbers without a decimal point, dates and moments as ISO 8601, truth as `true` and `false`. The first row
    that is not blank holds the headers; blank rows are left out. An apostrophe that only keeps a spreadsheet from
    seeing a formula is taken off.

    Arguments: `filename` appears in no decision, only in messages; a file of more than `max_bytes` is refused, and a
    cell of more than `max_cell` characters is a problem.
    Raises: `TableError`.
    """
    name = clean_line(filename or "") or _("The file")
    if not data.strip(b"\x00 \t\r\n"):
        raise TableError(
            _("%(file)s is empty. Upload a table with headers in its first row.") % {"file": name}
        )
    if len(data) > max_bytes:
        raise TableError(
            _("%(file)s is larger than %(most)d MB. Split it into smaller files.")
            % {"file": name, "most": max_bytes // (1024 * 1024)}
        )
    if data.startswith(_OLD_EXCEL_MARK):
        raise TableError(
            _("%(file)s is an old Excel file or locked with a password. Save it as .xlsx without a password.")
            % {"file": name}
        )
    reader = xlsx_reading if data.startswith(_ZIP_MARKS) else csv_reading
    raw_rows, warnings = reader.read(data, name)
    return _table(raw_rows, name, warnings, max_cell)


def _table(raw_rows: Iterable[RawRow], name: str, warnings: list[str], max_cell: int) -> Table:
    iterator = _filled_rows(raw_rows, name)
    header_row = next(iterator, None)
    if header_row is None:
        raise TableError(
            _("%(file)s is empty. Upload a table with headers in its first row.") % {"file": name}
        )
    columns, problems = _columns(header_row, max_cell)
    rows: list[Row] = []
    blank_headers = [index for index, header in enumerate(_headers(header_row)) if not header]
    unnamed: set[int] = set()
    # A workbook names the same text in very many cells; each would be cut to a text of its own.
    cut: dict[str, str] = {}
    for raw in iterator:
        problems += _cell_problems(raw, columns, max_cell) + _stray_problems(raw, len(header_row.values))
        unnamed |= {index for index in blank_headers if index < len(raw.values) and raw.values[index].strip()}
        values = dict(enumerate(raw.values))
        for index, value in values.items():
            if len(value) > max_cell:
                values[index] = cut.setdefault(value, value[:max_cell])
        rows.append(Row(raw.number, {header: values.get(index, "") for index, header in columns.items()}))
    problems += [
        Problem(
            header_row.number,
            get_column_letter(index + 1),
            "",
            _("This column has values but no header. Give it a header or delete it."),
        )
        for index in sorted(unnamed)
    ]
    letters = {header: get_column_letter(index + 1) for index, header in columns.items()}
    return Table(tuple(columns.values()), letters, tuple(rows), tuple(problems), tuple(warnings))


def _filled_rows(raw_rows: Iterable[RawRow], name: str) -> Iterator[RawRow]:
    """Yield the rows that hold something, and stop at the limits."""
    count = 0
    for raw in raw_rows:
        width = max((index for index, value in enumerate(raw.values, start=1) if value.strip()), default=0)
        if not width and not raw.faults:
            continue
        count += 1
        if count > MAX_ROWS + 1:
            raise too_many_rows(name)
        if width > MAX_COLUMNS:
            raise too_wide(name, raw.number)
        yield RawRow(raw.number, raw.values[:width], raw.faults)


def _headers(header_row: RawRow) -> list[str]:
    return [clean_line(value)[:MAX_HEADER].rstrip() for value in header_row.values]


def _duplicated(header_row: RawRow) -> set[int]:
    """Positions whose header stood already further left, in whatever case."""
    seen: set[str] = set()
    again: set[int] = set()
    for index, header in enumerate(_headers(header_row)):
        if header and header.casefold() in seen:
            again.add(index)
        seen.add(header.casefold())
    return again


def _columns(header_row: RawRow, max_cell: int) -> tuple[dict[int, str], list[Problem]]:
    headers, again = _headers(header_row), _duplicated(header_row)
    columns = {index: header for index, header in enumerate(headers) if header and index not in again}
    problems = [
        Problem(
            header_row.number,
            get_column_letter(index + 1),
            headers[index],
            _("This header appears twice. Rename or delete one of the two columns."),
        )
        for index in sorted(again)
    ]
    return columns, problems + _cell_problems(header_row, columns, max_cell)


def _cell_problems(raw: RawRow, columns: dict[int, str], max_cell: int) -> list[Problem]:
    found = [
        (index, _("This cell holds more than %(most)s characters. Shorten it.") % {"most": f"{max_cell:,}"})
        for index, value in enumerate(raw.values)
        if len(value) > max_cell
    ]
    return [
        Problem(raw.number, get_column_letter(index + 1), columns.get(index, ""), message)
        for index, message in (*found, *raw.faults)
    ]


def _stray_problems(raw: RawRow, width: int) -> list[Problem]:
    """Values to the right of the last header: mostly one separator too many in the row."""
    message = _(
        "This value lies beyond the last header. Put cells that contain the separator in quotation marks."
    )
    return [
        Problem(raw.number, get_column_letter(index + 1), "", message)
        for index, value in enumerate(raw.values[width:], start=width)
        if value.strip()
    ]
