"""A list of results as the cells of a file: the same columns as on the page, numbers as numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.queries.parts import ScorePart
from assessments.queries.result_rows import ResultRow
from rendering.tables import TableColumn

Cell = TableColumn[ResultRow]

# What stands in the file for each column of the page.
CELLS: Final[Mapping[str, Sequence[Cell]]] = {
    "rank": [Cell(gettext_lazy("Rank"), lambda row: row.rank)],
    "person": [
        Cell(gettext_lazy("Name"), lambda row: row.name),
        Cell(gettext_lazy("Email address"), lambda row: row.email),
    ],
    "state": [Cell(gettext_lazy("State"), lambda row: str(row.state.label))],
    "score": [
        Cell(gettext_lazy("Result"), lambda row: str(row.band.label) if row.band else ""),
        Cell(gettext_lazy("Percent"), lambda row: row.score.percent if row.score else None),
        Cell(gettext_lazy("Standard error"), lambda row: row.score.error if row.score else None),
    ],
    "time": [
        Cell(
            gettext_lazy("Minutes used"),
            lambda row: round(row.time_used.total_seconds() / 60, 1) if row.time_used else None,
        )
    ],
    "integrity": [
        Cell(gettext_lazy("Integrity"), lambda row: str(row.hint.grade.label) if row.hint else ""),
        Cell(
            gettext_lazy("To look at"),
            lambda row: ", ".join(str(thing.label) for thing in row.hint.things) if row.hint else "",
        ),
    ],
    "extra_time": [
        Cell(gettext_lazy("Extra minutes"), lambda row: row.invitation.extra_seconds // 60 or None),
    ],
    "test": [Cell(gettext_lazy("Test"), lambda row: row.invitation.version.assessment.name)],
    "version": [Cell(gettext_lazy("Version"), lambda row: row.invitation.version.number)],
    "invited": [Cell(gettext_lazy("Invited"), lambda row: row.invitation.created_at)],
    "expires": [Cell(gettext_lazy("Start by"), lambda row: row.invitation.expires_at)],
    "started": [Cell(gettext_lazy("Started"), lambda row: row.attempt and row.attempt.started_at)],
    "finished": [Cell(gettext_lazy("Finished"), lambda row: row.attempt and row.attempt.submitted_at)],
}


def file_columns(
    columns: Iterable[str],
    rows: Sequence[ResultRow],
    *,
    more: Mapping[str, Sequence[Cell]] | None = None,
) -> list[Cell]:
    """Return the columns of a file with what `columns` (keys of a page's columns) show of `rows`.

    Arguments: `more`, the cells of columns that only the asking room knows.
    """
    known = {**CELLS, **(more or {})}
    cells: list[Cell] = []
    for column in columns:
        cells += _part_cells(rows, PARTS[column]) if column in PARTS else known[column]
    return cells


PartsOf = Callable[[ResultRow], Sequence[ScorePart]]
# Columns that are one column in the file for each part that occurs.
PARTS: Final[Mapping[str, PartsOf]] = {
    "skills": lambda row: row.skills,
    "sections": lambda row: row.sections,
}


def _part_cells(rows: Iterable[ResultRow], parts_of: PartsOf) -> list[Cell]:
    names = {part.key: part.name for row in rows for part in parts_of(row)}
    ordered = sorted(names, key=lambda key: (names[key], key))
    return [_part_cell(key, names[key], parts_of) for key in ordered]


def _part_cell(key: int, name: str, parts_of: PartsOf) -> Cell:
    def value(row: ResultRow) -> int | None:
        return next((part.percent for part in parts_of(row) if part.key == key), None)

    return Cell(_("%s, percent") % name, value)
