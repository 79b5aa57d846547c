"""The form that says what each column of an uploaded file is; the template is `shell/parts/file_columns.html`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms

COLUMN: Final = "column-"


class FileColumnsForm(forms.Form):
    """A choice for each column of a file. Whether they fit together is judged where they are used."""

    def __init__(
        self,
        *args: Any,
        columns: Sequence[Mapping[str, Any]],
        choices: Sequence[Any],
        **kwargs: Any,
    ) -> None:
        """`columns` as `rendering.sheets.Table.sample` has them; `choices`, in groups, what each can be."""
        super().__init__(*args, **kwargs)
        self.columns = columns
        for column in columns:
            self.fields[f"{COLUMN}{column['letter']}"] = forms.ChoiceField(
                label=column["header"], choices=choices, required=False
            )

    def mapping(self, by: str = "letter") -> dict[str, str]:
        """What each column is, by its letter or its header, as it was chosen; "" for one that is left out."""
        return {
            column[by]: self.cleaned_data.get(f"{COLUMN}{column['letter']}", "") for column in self.columns
        }

    def rows(self) -> list[tuple[forms.BoundField, Mapping[str, Any]]]:
        """Each field with the column that it is about, for the template; what stands in the column describes it."""
        rows = [(self[f"{COLUMN}{column['letter']}"], column) for column in self.columns]
        for field, column in rows:
            said = f"cells-{column['letter']}"
            error = f" {field.auto_id}_error" if field.errors else ""
            field.field.widget.attrs["aria-describedby"] = f"{said}{error}"
        return rows
