"""A row of a table, by what its cells hold. Where the rows come from is not asked here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from questions.formats.drafts import Where
from questions.formats.gathering import Fault
from questions.formats.tables.cells import lines_said, right_options
from questions.formats.tables.columns import Columns
from questions.formats.tables.places import header_of, header_of_fault


class Row(Protocol):
    """A row: its number as a spreadsheet counts, and a text for each header."""

    @property
    def number(self) -> int: ...

    @property
    def cells(self) -> Mapping[str, str]: ...


class Sheet(Protocol):
    """A table. `letters` are those of the columns in a spreadsheet, by header."""

    @property
    def headers(self) -> Sequence[str]: ...

    @property
    def letters(self) -> Mapping[str, str]: ...

    @property
    def rows(self) -> Sequence[Row]: ...


class RowCells:
    """The cells of a row by what they hold."""

    def __init__(self, columns: Columns, row: Row, sheet: Sheet) -> None:
        self._columns = columns
        self._row = row
        self._sheet = sheet
        self.where = Where(row=row.number)

    def text(self, name: str) -> str:
        header = self._columns.fields.get(name)
        return self._row.cells.get(header, "") if header else ""

    def word(self, name: str) -> str:
        return self.text(name).strip()

    def cell(self, name: str) -> Where:
        """Return the place of the cell that holds a field."""
        return replace(self.where, column=column_named(self._sheet, header_of(self._columns, name)))

    def options(self) -> tuple[list[str], list[str]]:
        """Return the texts of the options and their feedback, up to the last one that says something.

        Those that a column says to be right or wrong come last, the right ones first among them.
        """
        texts = self._numbered(self._columns.options)
        if not texts:
            texts = list(lines_said(self.text("options")))
        texts += [*self.texts("right_option"), *self.texts("wrong_option")]
        feedback = self._numbered(self._columns.feedback)
        return texts, feedback + [""] * (len(texts) - len(feedback))

    def placed(self, fault: Fault) -> Where:
        """Return the cell that a fault of the question is about; its row where that is no cell of its own."""
        cells, columns = self._row.cells, self._columns
        options = [columns.options.get(at, "") for at in range(len(self._numbered(columns.options)))]
        if not options:
            options = [columns.fields.get("options", "")] * len(lines_said(self.text("options")))
        for name in ("right_option", "wrong_option"):
            options += [header for header in columns.several.get(name, ()) if cells.get(header, "").strip()]
        header = header_of_fault(columns, cells, options, fault)
        return replace(self.where, column=column_named(self._sheet, header))

    def texts(self, name: str) -> list[str]:
        """Return what stands in each column of those that may be several, without empty ones."""
        texts = (self._row.cells.get(header, "") for header in self._columns.several.get(name, ()))
        return [text for text in texts if text.strip()]

    def right(self, said: str, options: Sequence[str]) -> set[int]:
        """Return the positions of the right options. Raises `CellError`."""
        right = right_options(said, options, self._columns.answers)
        known, wrong = len(self.texts("right_option")), len(self.texts("wrong_option"))
        end = len(options) - wrong
        return right | set(range(end - known, end))

    def _numbered(self, headers: Mapping[int, str]) -> list[str]:
        if not headers:
            return []
        texts = [self._row.cells.get(headers.get(at, ""), "") for at in range(max(headers) + 1)]
        while texts and not texts[-1].strip():
            texts.pop()
        return texts


def column_named(sheet: Sheet, header: str) -> str:
    """Return how a place names a column: its letter and its header; "" for none."""
    letter = sheet.letters.get(header, "")
    return f"{letter} ({header})" if letter else ""
