"""Lists with columns that people choose and sort by: what each is called, which are shown, how pages are turned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page
from django.http import HttpRequest, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    `first` is how a first click on its heading sorts, "ascending" or "descending"; "" for what cannot be sorted by.
    What is `fixed` is always shown; what is not `usual` only to those who chose it.
    """

    key: str
    label: _StrOrPromise
    first: str = ""
    is_number: bool = False
    is_fixed: bool = False
    is_usual: bool = True


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a column: with an address where a click sorts, with a direction where the list is sorted so."""

    key: str
    label: str
    url: str = ""
    direction: str = ""
    is_number: bool = False


def shown_columns(user: User, name: str, columns: Sequence[Column]) -> list[Column]:
    """Return the columns of the list `name` that `user` sees: those they chose, else the usual ones. Costs no query."""
    chosen = user.list_columns.get(name) if isinstance(user.list_columns, dict) else None
    if not isinstance(chosen, list):
        return [column for column in columns if column.is_fixed or column.is_usual]
    return [column for column in columns if column.is_fixed or column.key in chosen]


def headings(columns: Iterable[Column], sort: str, parameters: QueryDict) -> list[Heading]:
    """Return what stands above `columns` in a list sorted by `sort`, a column's key with a minus for descending."""
    key, descending = sort.lstrip("-"), sort.startswith("-")
    return [
        Heading(
            key=column.key,
            label=str(column.label),
            url=_sorted_by(column, parameters, turned=column.key == key, descending=descending)
            if column.first
            else "",
            direction=("descending" if descending else "ascending") if column.key == key else "",
            is_number=column.is_number,
        )
        for column in columns
    ]


def _sorted_by(column: Column, parameters: QueryDict, *, turned: bool, descending: bool) -> str:
    down = not descending if turned else column.first == "descending"
    return address_with(parameters, sort=f"-{column.key}" if down else column.key)


def address_with(parameters: QueryDict, **changes: str) -> str:
    """Return the address of the same list, on its first page, with other parameters; "" takes one out."""
    changed = parameters.copy()
    changed.pop("page", None)
    for name, value in changes.items():
        changed.pop(name, None)
        if value:
            changed[name] = value
    return f"?{changed.urlencode()}"


def page_links(page: Page[Any], parameters: QueryDict) -> dict[str, str]:
    """Return the addresses of the page before and the page after, as far as there are any."""
    return {
        "previous": address_with(parameters, page=str(page.previous_page_number()))
        if page.has_previous()
        else "",
        "next": address_with(parameters, page=str(page.next_page_number())) if page.has_next() else "",
    }


def way_back(request: HttpRequest, default: str) -> str:
    """Where the form said to go afterwards, if that is a page of ours."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe and wanted.startswith("/") else default
