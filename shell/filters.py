"""What narrows a list down, as an address says it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict


class ListFilterForm(forms.Form):
    """Which rows of a list are wanted, and in which order. Whatever an address says, something is shown.

    `USUAL` is what a field is taken for that says nothing; `MORE` names the fields that are folded away until they are
    used. A field `sort` narrows nothing down.
    """

    USUAL: ClassVar[Mapping[str, str]] = {}
    MORE: ClassVar[Collection[str]] = ()

    def chosen(self) -> dict[str, Any]:
        """What was understood; a part that makes no sense is as if it was not there."""
        self.is_valid()
        data = {name: self.cleaned_data.get(name) or self.USUAL.get(name) for name in self.fields}
        return {**data, "q": (data["q"] or "").strip()} if "q" in data else data

    @property
    def used(self) -> list[str]:
        """The names of what narrows the list down."""
        usual = self.USUAL
        return [
            name
            for name, value in self.chosen().items()
            if value and name != "sort" and value != usual.get(name)
        ]

    @property
    def is_more_open(self) -> bool:
        """Whether something is used that is folded away else."""
        return bool(set(self.used) & set(self.MORE))

    def query(self, *, without: Collection[str] = ()) -> str:
        """What narrows the list down, as it stands in an address, but for the parts in `without`."""
        query = QueryDict(mutable=True)
        chosen = self.chosen()
        for name in self.used:
            value = chosen[name]
            if name not in without:
                query[name] = "on" if value is True else str(self.fields[name].prepare_value(value))
        return query.urlencode()
