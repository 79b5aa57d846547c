"""Pages of a list that may hold everybody."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


class LongListPaginator(Paginator):
    """Counts no further than `MOST`, where nobody turns to, and finds which rows a later page has before it loads them.

    Whoever wants the others narrows the list down, or takes it along as a file.
    """

    MOST = 10_000
    template_name = "shell/parts/admin_pages.html"
    object_list: QuerySet[Any]

    @cached_property
    def _counted(self) -> int:
        return self.object_list.order_by()[: self.MOST + 1].count()

    @cached_property
    def count(self) -> int:
        """How many rows can be turned to."""
        return min(self._counted, self.MOST)

    @property
    def has_more(self) -> bool:
        """Whether there are more rows than that."""
        return self._counted > self.MOST

    def page(self, number: Any) -> Page[Any]:
        """Return a page; a later one takes a query more, but does not work out the columns of all rows before it."""
        number = self.validate_number(number)
        if number == 1:
            return super().page(number)
        start = (number - 1) * self.per_page
        keys = list(
            self.object_list.values_list("pk", flat=True)[start : min(start + self.per_page, self.count)]
        )
        rows = self.object_list.order_by().in_bulk(keys)
        return Page([rows[key] for key in keys if key in rows], number, self)
