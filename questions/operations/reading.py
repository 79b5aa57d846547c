"""From an uploaded file to the common form. Formats know bytes and rows; tables are opened here, safely."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from questions import formats
from questions.formats import limits, names
from questions.formats.detect import detect
from questions.formats.drafts import ERROR, WARNING, WHOLE_FILE, FileRefused, Parsed, Problem, Where
from questions.formats.qti import read_item_file, read_package
from questions.formats.tables import read_rows
from questions.formats.uncollected import uncollected
from rendering import sheets
from rendering.archives import ArchiveError, open_archive
from rendering.sheets import Table, TableError

_ZIP = b"PK"
_TABLES: Final = (names.CSV, names.XLSX)
# What the columns of a table are not understood by: somebody has to say what they hold.
COLUMNS_UNKNOWN: Final = (
    *("no_stem_column", "unknown_columns", "columns_twice"),
    *("no_such_column", "no_such_field"),
)


def parse(data: bytes, name: str = names.AUTO, columns: Mapping[str, str] | None = None) -> Parsed:
    """Return what a file of questions holds.

    Arguments: `name`, which format it is of, in any spelling, or "auto" to see from its content; `columns`, what those
    of a table are, one of `tables.columns.CODES` or nothing for one that is left out, by heading. Of which nothing is
    said, those are known by their names.
    Raises: `FileRefused` when it cannot be read; `ValueError` for a `name` that means no format.
    """
    if columns:
        sheet = open_sheet(data, name)
        if sheet is None:
            raise FileRefused("columns_of_no_table")
        with uncollected():
            return sheet.read(columns)
    return formats.read(data, name, READERS)


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """A table that was opened safely. `name` is the format it is of."""

    name: str
    table: Table

    def read(self, columns: Mapping[str, str] | None = None) -> Parsed:
        """Return the questions in it; `columns` as for `parse`. Raises `FileRefused`."""
        letters = self.table.letters
        left_out = {letters.get(header, "") for header, code in (columns or {}).items() if not code}
        wrong: dict[int, Problem] = {}
        remarks = [Problem(WHOLE_FILE, WARNING, "cell", {"message": text}) for text in self.table.warnings]
        rows = {row.number for row in self.table.rows}
        for problem in self.table.problems:
            column = f"{problem.letter} ({problem.column})" if problem.column else problem.letter
            where = Where(row=problem.row, column=column)
            values = {"message": problem.message}
            if problem.row in rows:
                # Beside the headings a row has slipped; in a column that nobody wants nothing is wrong.
                if problem.letter not in left_out:
                    wrong.setdefault(problem.row, Problem(where, ERROR, "cell", values))
            elif columns is None:
                raise FileRefused("table", like=self.name, message=f"{problem.place}: {problem.message}")
            else:
                remarks.append(Problem(where, WARNING, "column_left_out", values))
        return read_rows(self.name, self.table, remarks, wrong, columns)


def open_sheet(data: bytes, name: str = names.AUTO) -> OpenSheet | None:
    """Return the table in a file, None where it is of another format. `name` as for `parse`. Raises `FileRefused`."""
    wanted = names.formats_named(name) if name != names.AUTO else _TABLES
    try:
        like = detect(data)
    except FileRefused as refused:
        if refused.code != "unknown_format" or name == names.AUTO:
            raise
        like = names.CSV
    # A table whose rows look like something else is one where somebody says so.
    is_said = name != names.AUTO and names.CSV in wanted and like in formats.GUESSED
    if not (like in _TABLES and like in wanted) and not is_said:
        return None
    return _open(data, name=like if like in _TABLES else names.CSV)


def _open(data: bytes, *, name: str) -> OpenSheet:
    try:
        with uncollected():
            table = sheets.read_table(data, max_bytes=limits.FILE_BYTES, max_cell=limits.LONG_TEXT)
    except TableError as error:
        raise FileRefused("table", like=name, message=str(error)) from error
    return OpenSheet(name, table)


def _read_table(data: bytes, *, name: str) -> Parsed:
    return _open(data, name=name).read()


class _Archive:
    """A zip that was opened safely, as a package of questions."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = frozenset(name for name in archive.namelist() if not name.endswith("/"))

    def names(self) -> Collection[str]:
        return self._names

    def read(self, name: str) -> bytes:
        try:
            return self._archive.read(name)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
            raise FileRefused("zip_broken") from error


def _read_qti(data: bytes, *, name: str) -> Parsed:
    if not data.startswith(_ZIP):
        return read_item_file(name, data)
    try:
        archive = open_archive(data, max_entries=limits.PACKAGE_ENTRIES, is_xml_checked=False)
    except ArchiveError as error:
        raise FileRefused("archive", like=name, message=str(error)) from error
    with archive:
        return read_package(name, _Archive(archive))


READERS: Mapping[str, formats.Reader] = {
    **formats.READERS,
    names.CSV: partial(_read_table, name=names.CSV),
    names.XLSX: partial(_read_table, name=names.XLSX),
    **{
        name: partial(_read_qti, name=name)
        for name in (names.QTI_2_1, names.QTI_2_2, names.QTI_3_0, names.CANVAS)
    },
}
