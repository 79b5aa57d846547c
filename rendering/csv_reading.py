"""The CSV half of `rendering.sheets`."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from rendering.raw_rows import (
    LAST_COLUMN,
    LAST_ROW,
    RawRow,
    TableError,
    tidy_cell,
    too_many_rows,
    too_wide,
)

_DELIMITERS = ",;\t|"
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_SEPARATOR_LINE = re.compile(r"sep=([,;\t|])(?:\r\n|\r|\n)", re.IGNORECASE)
_LONGEST_CELL = 64 * 1024 * 1024
# The csv module has one limit for the whole process, below what a file of ours may hold; too long cells get a
# message of our own, so its limit only has to be out of the way.
csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))


def read(data: bytes, name: str) -> tuple[Iterator[RawRow], list[str]]:
    """Return the rows of a CSV file and warnings about it. Raises: `TableError`, also while rows are read."""
    text, warnings = _decoded(data, name)
    first_number = 1
    separator = _SEPARATOR_LINE.match(text)
    if separator:
        # Excel's own hint; it is a line of the file but not of the table.
        text, first_number = text[separator.end() :], 2
        delimiter = separator[1]
    else:
        delimiter = _delimiter(text)
    return _rows(text, delimiter, first_number, name), warnings


def _decoded(data: bytes, name: str) -> tuple[str, list[str]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                text = data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise TableError(_not_text(name)) from error
            return _without_binary(text, name), []
    try:
        return _without_binary(data.decode("utf-8"), name), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise TableError(_not_text(name)) from error
    warning = _(
        "%(file)s is not in UTF-8 and was read as Windows-1252. Check letters with accents; if they are wrong, save"
        " the file as “CSV UTF-8”."
    )
    return _without_binary(text, name), [warning % {"file": name}]


def _without_binary(text: str, name: str) -> str:
    if "\x00" in text or text.startswith("%PDF-"):
        raise TableError(_not_text(name))
    return text


def _not_text(name: str) -> str:
    return _("%(file)s is neither a CSV nor an XLSX file. Save the table as “CSV UTF-8” or .xlsx.") % {
        "file": name
    }


def _delimiter(text: str) -> str:
    """The sign that splits the first line with something in it into the most columns; a comma if none does."""
    first_line = text.lstrip("\r\n")[:100_000]

    def columns(delimiter: str) -> int:
        try:
            return len(next(csv.reader(io.StringIO(first_line, newline=""), delimiter=delimiter), []))
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=columns)


def _rows(text: str, delimiter: str, first_number: int, name: str) -> Iterator[RawRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = first_number - 1
    try:
        for number, values in enumerate(reader, start=first_number):
            if number > LAST_ROW:
                raise too_many_rows(name)
            if len(values) > LAST_COLUMN:
                raise too_wide(name, number)
            # A file can have very many rows with nothing in them.
            if any(values):
                yield RawRow(number, tuple(map(tidy_cell, values)))
    except csv.Error as error:
        raise TableError(
            _(
                "Row %(row)d of %(file)s has a quotation mark that is never closed, or text after one that is."
                " Double each quotation mark inside a quoted cell."
            )
            % {"row": number + 1, "file": name}
        ) from error
