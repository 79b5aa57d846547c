"""From an uploaded file to the common form. Formats know bytes and rows; tables are opened here, safely."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from questions import formats
from questions.formats import limits, names
from questions.formats.drafts import ERROR, WARNING, WHOLE_FILE, FileRefused, Parsed, Problem, Where
from questions.formats.tables import read_rows
from rendering import sheets
from rendering.sheets import TableError


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


READERS: Mapping[str, formats.Reader] = {
    **formats.READERS,
    names.CSV: partial(_read_table, name=names.CSV),
    names.XLSX: partial(_read_table, name=names.XLSX),
}
