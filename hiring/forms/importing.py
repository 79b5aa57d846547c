"""The form that says what the columns of a file of people are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from hiring.formats.mapping import FIELDS, LEFT_OUT
from shell.file_columns import FileColumnsForm


class ColumnsForm(FileColumnsForm):
    """A choice for each column of a file of people."""

    def __init__(self, *args: Any, questions: Mapping[str, str], of_job: bool, **kwargs: Any) -> None:
        """`questions` of the job's form, their words by code."""
        super().__init__(*args, choices=_choices(questions, of_job=of_job), **kwargs)


def _choices(questions: Mapping[str, str], *, of_job: bool) -> list[Any]:
    groups = [
        (_("The person"), [(field.code, field.label) for field in FIELDS if not field.of_job]),
        (_("The application"), [(field.code, field.label) for field in FIELDS if field.of_job and of_job]),
        (_("Questions of the form"), list(questions.items())),
    ]
    return [(LEFT_OUT, _("Leave out")), *((title, fields) for title, fields in groups if fields)]
