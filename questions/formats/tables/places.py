"""In which column of a row something is wrong: a place in a table is a row and a column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from questions.formats.gathering import Fault
from questions.formats.tables.columns import SEVERAL, Columns

# Where it stands what is right, the most exact one first.
_KEY: Final = ("shares", "weights", "correct")
_FIELDS: Final[Mapping[str, str]] = {
    "empty_stem": "stem",
    "id_twice": "external_id",
    "long_id": "external_id",
    "no_full_mark": "key",
    "no_key": "key",
    "several_keys": "key",
    "shares_sum": "key",
    "too_few_options": "options",
    "too_many_options": "options",
    "too_many_tags": "tags",
}


def header_of(columns: Columns, field: str) -> str:
    """Return the header of the first column that holds a field, "" for none; "key" is what says which option is right.

    Of "options" it is the first option that a row may lack: the second.
    """
    if field == "key":
        # A row that says nothing of its key lacks it where most rows have it.
        names: Sequence[str] = ("correct", "right_option", "shares", "weights")
    elif field == "options":
        if columns.options:
            return columns.options[min(sorted(columns.options)[1:] or columns.options)]
        names = ("options", "wrong_option", "right_option")
    else:
        names = (field,)
    found = (columns.fields.get(name) or columns.several.get(name, [""])[0] for name in names)
    return next((header for header in found if header), "")


def fields_of(columns: Columns, name: Callable[[str], str]) -> dict[str, str]:
    """Return the place of each field that has a column; `name` says how the column of a header is named."""
    fields = (*columns.fields, *SEVERAL, "options", "key")
    headers = {field: header_of(columns, field) for field in fields}
    return {field: name(header) for field, header in headers.items() if header}


def header_of_fault(columns: Columns, row: Mapping[str, str], options: Sequence[str], fault: Fault) -> str:
    """Return the header of the column of `row` that a fault of its question is about, "" where that is none.

    `options` are the headers of the columns from which its options come, in their order.
    """
    code, values = fault
    field = str(values.get("field", "")) or _FIELDS.get(code, "options")
    number = values.get("option")
    if field == "feedback" and isinstance(number, int):
        return columns.feedback.get(number - 1, "")
    if field == "options" and isinstance(number, int):
        return options[number - 1] if number <= len(options) else header_of(columns, field)
    if field == "key":
        said = (columns.fields.get(name, "") for name in _KEY)
        filled = next((header for header in said if row.get(header, "").strip()), "")
        return filled or header_of(columns, field)
    if code == "too_many_options" and options:
        return options[-1]
    return header_of(columns, field)
