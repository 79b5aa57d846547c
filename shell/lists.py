"""How lists of the API are paged and filtered. Apart from `shell.api`, which needs REST framework's views loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework import exceptions, pagination
from rest_framework.request import Request

if TYPE_CHECKING:
    from rest_framework.views import APIView

# What every list understands besides its own filters.
COMMON_PARAMETERS = {"page", "page_size", "format"}


class Pagination(pagination.PageNumberPagination):
    """50 rows a page, at most 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


class StrictFilterBackend(DjangoFilterBackend):
    """An unknown filter is an error: silently returning everything is how reports go wrong."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        filterset = self.get_filterset_class(view, queryset)
        known = set(filterset.base_filters) if filterset else set()
        unknown = sorted(set(request.query_params) - known - COMMON_PARAMETERS)
        if unknown:
            message = _("This list has no such filter. It knows: %(names)s.") % {"names": ", ".join(sorted(known)) or "–"}
            raise exceptions.ValidationError({name: [message] for name in unknown})
        return super().filter_queryset(request, queryset, view)  # type: ignore[no-any-return]
