"""From an uploaded file to the common form. Formats know bytes and rows; tables are opened here, safely."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection, Mapping
from functools import partial

from questions import formats
from questions.formats import limits, names
from questions.formats.drafts import ERROR, WARNING, WHOLE_FILE, FileRefused, Parsed, Problem, Where
from questions.formats.qti import read_item_file, read_package
from questions.formats.tables import read_rows
from rendering import sheets
from rendering.archives import ArchiveError, open_archive
from rendering.sheets import TableError

_ZIP = b"PK"


def parse(data: bytes, name: str = names.AUTO) -> Parsed:
    """Return what a file of questions holds.

    Arguments: `name`, which format it is of, in any spelling, or "auto" to see from its content.
    Raises: `FileRefused` when it cannot be read; `ValueError` for a `name` that means no format.
    """
    return formats.read(data, name, READERS)


def _read_table(data: bytes, *, name: str) -> Parsed:
    try:
        table = sheets.read_table(data, max_bytes=limits.FILE_BYTES, max_cell=limits.LONG_TEXT)
    except TableError as error:
        raise FileRefused("table", like=name, message=str(error)) from error
    wrong: dict[int, Problem] = {}
    rows = {row.number for row in table.rows}
    for problem in table.problems:
        if problem.row not in rows:
            raise FileRefused("table", like=name, message=f"{problem.place}: {problem.message}")
        column = f"{problem.letter} ({problem.column})" if problem.column else problem.letter
        where = Where(row=problem.row, column=column)
        wrong.setdefault(problem.row, Problem(where, ERROR, "cell", {"message": problem.message}))
    remarks = [Problem(WHOLE_FILE, WARNING, "cell", {"message": text}) for text in table.warnings]
    return read_rows(name, table, remarks, wrong)


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
