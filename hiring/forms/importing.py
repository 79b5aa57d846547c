"""The form that says what the columns of a file of people are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from hiring.formats.mapping import FIELDS, LEFT_OUT

COLUMN = "column-"


class ColumnsForm(forms.Form):
    """A choice for each column of a file. Whether they fit together is judged where they are used."""

    def __init__(
        self,
        *args: Any,
        columns: Sequence[Mapping[str, Any]],
        questions: Mapping[str, str],
        of_job: bool,
        **kwargs: Any,
    ) -> None:
        """`columns` as the reading of the file has them; `questions` of the job's form, their words by code."""
        super().__init__(*args, **kwargs)
        self.columns = columns
        choices = _choices(questions, of_job=of_job)
        for column in columns:
            self.fields[f"{COLUMN}{column['letter']}"] = forms.ChoiceField(
                label=column["header"], choices=choices, required=False
            )

    def mapping(self) -> dict[str, str]:
        """What each column is, by its letter, as it was chosen."""
        letters = [column["letter"] for column in self.columns]
        return {letter: self.cleaned_data.get(f"{COLUMN}{letter}", LEFT_OUT) for letter in letters}

    def rows(self) -> list[tuple[forms.BoundField, Mapping[str, Any]]]:
        """Each field with the column that it is about, for the template; what stands in the column describes it."""
        rows = [(self[f"{COLUMN}{column['letter']}"], column) for column in self.columns]
        for field, column in rows:
            said = f"cells-{column['letter']}"
            error = f" {field.auto_id}_error" if field.errors else ""
            field.field.widget.attrs["aria-describedby"] = f"{said}{error}"
        return rows


def _choices(questions: Mapping[str, str], *, of_job: bool) -> list[Any]:
    groups = [
        (_("The person"), [(field.code, field.label) for field in FIELDS if not field.of_job]),
        (_("The application"), [(field.code, field.label) for field in FIELDS if field.of_job and of_job]),
        (_("Questions of the form"), list(questions.items())),
    ]
    return [(LEFT_OUT, _("Leave out")), *((title, fields) for title, fields in groups if fields)]
