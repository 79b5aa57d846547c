"""Pages of a list that may hold everybody."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

from shell.lists import NUMBER

# What narrows no list down.
_NO_FILTERS: Final = frozenset({PAGE_VAR, ORDER_VAR, ERROR_FLAG, ALL_VAR})


class KeysFirstPaginator(Paginator):
    """Finds which rows a later page has before it loads them: a query more, but the columns of all rows before it are
    not worked out.
    """

    object_list: QuerySet[Any]

    def page(self, number: Any) -> Page[Any]:
        """Return a page, its rows in the order of the list."""
        number = self.validate_number(number)
        if number == 1:
            return super().page(number)
        start = (number - 1) * self.per_page
        keys = self.keys(start, min(start + self.per_page, self.count))
        rows = self.object_list.order_by().in_bulk(keys)
        return Page([rows[key] for key in keys if key in rows], number, self)

    def keys(self, start: int, end: int) -> list[Any]:
        """Return the keys of a part of the list."""
        return list(self.object_list.values_list("pk", flat=True)[start:end])


class LongListPaginator(KeysFirstPaginator):
    """Counts no further than `MOST`, where nobody turns to.

    Whoever wants the others narrows the list down, or takes it along as a file. How many everybody is, and how many
    have a word, is counted no further than the next `NEAR` or `FOUND` rows to which somebody may turn.
    """

    MOST = 10_000
    NEAR = 1_000
    FOUND = 200
    template_name = "shell/parts/admin_pages.html"
    _reach = MOST
    _start = 0

    def asked_for(self, asked: Mapping[str, str]) -> None:
        """Count as far as suits the list that an address asks for."""
        if asked.get(SEARCH_VAR):
            step = self.FOUND
        elif asked.keys() <= _NO_FILTERS:
            step = self.NEAR
        else:
            return
        self.reach(asked.get(PAGE_VAR, "1"), step)

    def reach(self, number: str, step: int) -> None:
        """Count no further than to the next `step` rows behind the page `number`, as an address says it."""
        turned = int(number) * self.per_page if re.fullmatch(NUMBER, number) else 0
        self._reach = (turned // step + 1) * step
        # The rows of a later page are counted on the way to it.
        self._start = max(0, turned - self.per_page)

    @cached_property
    def _counted(self) -> int:
        if self._start and self._keys:
            return self._start + len(self._keys)
        return self.object_list.order_by()[: self._furthest + 1].count()

    @cached_property
    def _keys(self) -> list[Any]:
        return super().keys(self._start, self._furthest + 1)

    @property
    def _furthest(self) -> int:
        return min(self._reach, self.MOST)

    @cached_property
    def count(self) -> int:
        """How many rows can be turned to."""
        return min(self._counted, self._furthest)

    @property
    def has_more(self) -> bool:
        """Whether there are more rows than that."""
        return self._counted > self._furthest

    def keys(self, start: int, end: int) -> list[Any]:
        """Return the keys of a part of the list; those that were counted are known."""
        return self._keys[: end - start] if start == self._start else super().keys(start, end)


class KeyPages(LongListPaginator):
    """Pages of keys, for lists that load the rows of a page by themselves: what is counted is read with them."""

    def page(self, number: Any) -> Page[Any]:
        """Return a page of keys, in the order of the list."""
        number = self.validate_number(number)
        start = (number - 1) * self.per_page
        return Page(self.keys(start, min(start + self.per_page, self.count)), number, self)

    @cached_property
    def _counted(self) -> int:
        if self._keys:
            return self._start + len(self._keys)
        return self.object_list.order_by()[: self._furthest + 1].count() if self._start else 0


class ChainedPages(KeyPages):
    """Pages of the keys of several lists, one list behind the other, each key where it comes first.

    A list is asked only where those before it do not fill the page, and no further than there are rows to turn to.
    """

    object_list: Sequence[QuerySet[Any, Any]]  # type: ignore[assignment]

    def keys(self, start: int, end: int) -> list[Any]:
        """Return the keys of a part of all lists together."""
        return self._found[start:end]

    @cached_property
    def _counted(self) -> int:
        return len(self._found)

    @cached_property
    def _found(self) -> list[Any]:
        # Of each list so many that enough are left when all that were found before are in it too.
        most, found = self._furthest + 1, dict[Any, None]()
        for keys in self.object_list:
            found |= dict.fromkeys(keys[:most])
            if len(found) >= most:
                break
        return list(found)[:most]
