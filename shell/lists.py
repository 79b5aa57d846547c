"""How lists of the API are paged, filtered and sorted. Apart from `shell.api`, which needs REST framework's views."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError as FormError
from django.core.paginator import InvalidPage
from django.core.validators import RegexValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.fields import IsoDateTimeField
from rest_framework import exceptions, pagination
from rest_framework.request import Request

LARGEST_PAGE = 200
# How rows are named in addresses and filters: by a short name, a public id or a number.
SLUG = "[-a-zA-Z0-9_]{1,100}"
CODE = "[0-9a-z]{1,20}"
NUMBER = "[0-9]{1,18}"


def refuse_unknown(given: Iterable[str], known: frozenset[str]) -> None:
    """Raise `ValidationError`, keyed by each parameter that is none of `known`, and say which there are."""
    unknown = sorted(set(given) - known)
    if not unknown:
        return
    if known:
        message = _("There is no such parameter here. Use: %(names)s.") % {"names": ", ".join(sorted(known))}
    else:
        message = _("This address takes no parameters.")
    raise exceptions.ValidationError({name: [message] for name in unknown})


class Pagination(pagination.PageNumberPagination):
    """50 rows a page unless asked otherwise, at most 200. What cannot be a page is an error, never another page."""

    page_size = 50
    page_size_query_param = "page_size"
    page_query_description: Any = gettext_lazy(
        "Which page, from 1. The answer's “next” is the address of the one after it."
    )
    page_size_query_description: Any = gettext_lazy(
        "How many rows a page has: 1 to 200, or 50 when left out."
    )
    last_page_strings = ()

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        paginator = self.django_paginator_class(queryset, self.get_page_size(request))
        try:
            self.page = paginator.page(request.query_params.get("page", 1))
        except InvalidPage:
            message = _("There is no such page. Ask for 1 to %(last)d.") % {"last": paginator.num_pages}
            raise exceptions.ValidationError({"page": [message]}) from None
        return list(self.page)

    def get_page_size(self, request: Request) -> int:
        given = request.query_params.get("page_size", str(self.page_size))
        # The length comes first: turning a million digits into a number takes seconds.
        if (
            len(given) > 4
            or not given.isascii()
            or not given.isdigit()
            or not 1 <= int(given) <= LARGEST_PAGE
        ):
            message = _("A page has 1 to %(largest)d rows.") % {"largest": LARGEST_PAGE}
            raise exceptions.ValidationError({"page_size": [message]})
        return int(given)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        page, page_size = super().get_schema_operation_parameters(view)
        page["schema"] |= {"minimum": 1}
        page_size["schema"] |= {"minimum": 1, "maximum": LARGEST_PAGE}
        return [page, page_size]

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "How many rows there are on all pages."},
                "next": address,
                "previous": address,
                "results": schema,
            },
        }


# Python's own parser takes more than it says, such as thousands of digits.
MOMENT = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?)?", re.ASCII)
MOMENT_WORDS = gettext_lazy("Write a moment like 2026-11-22T09:30:00Z.")


def read_moment(text: str) -> datetime:
    """Return the moment that `text` names, in UTC; without a zone it is one of the person who asks.

    Raises `ValueError` for what is no moment, or one before or after all that zones and databases can hold.
    """
    parsed = parse_datetime(text) if MOMENT.fullmatch(text) else None
    if parsed is None:
        raise ValueError
    try:
        return (timezone.make_aware(parsed) if timezone.is_naive(parsed) else parsed).astimezone(UTC)
    except OverflowError:
        raise ValueError from None


class MomentField(IsoDateTimeField):
    """A moment in the parameters of a list."""

    default_error_messages = {"invalid": MOMENT_WORDS}

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        try:
            return read_moment(str(value).strip())
        except ValueError:
            raise FormError(self.error_messages["invalid"], code="invalid") from None


class MomentFilter(django_filters.IsoDateTimeFilter):
    """Compares with a moment."""

    field_class = MomentField


class SlugFilter(django_filters.CharFilter):
    """By the short name of a row. What can be none is refused: an empty list would hide the mistake."""

    def __init__(self, **kwargs: Any) -> None:
        words = gettext_lazy("A short name holds letters, digits, “-” and “_”.")
        super().__init__(validators=[RegexValidator(rf"^{SLUG}\Z", words)], **kwargs)


class CodeFilter(django_filters.CharFilter):
    """By the id of a row, as the API gives it. What can be none is refused."""

    def __init__(self, **kwargs: Any) -> None:
        words = gettext_lazy("An id holds small letters and digits. Use one as the API gave it.")
        super().__init__(validators=[RegexValidator(rf"^{CODE}\Z", words)], **kwargs)


class FlagField(forms.Field):
    """Yes or no in the parameters of a list. Django's own field takes any other word for none at all."""

    default_error_messages = {"invalid": gettext_lazy("Write true or false.")}

    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        word = str(value).strip().lower()
        if word not in ("true", "false"):
            raise FormError(self.error_messages["invalid"], code="invalid")
        return word == "true"


class FlagFilter(django_filters.BooleanFilter):
    """By yes or no."""

    field_class = FlagField


class Ordering(django_filters.OrderingFilter):
    """Sorts by the named columns only; rows that are equal there keep one order by their number."""

    def __init__(self, *columns: str) -> None:
        labels: dict[str, str | Promise] = {column: column.replace("_", " ") for column in columns}
        super().__init__(
            fields=[(column, column) for column in columns],
            field_labels=labels,
            label=gettext_lazy("Sort by these columns; with a minus before it, the largest or latest first."),
        )

    def filter(self, qs: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        return super().filter(qs, [*value, "-pk"]) if value else qs
