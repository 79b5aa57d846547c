"""Bases of the API: what every endpoint shares."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.utils.functional import cached_property
from rest_framework import exceptions, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_exception_handler

from accounts.models import Actor

class ActorMixin:
    """`self.actor`: who asks, a colleague or a key."""

    request: Request

    @cached_property
    def actor(self) -> Actor:
        """Who asks."""
        return Actor.of_request(self.request)


class ReadOnlyViewSet(ActorMixin, viewsets.ReadOnlyModelViewSet[Any]):
    """A list and its rows, only what the actor may see. `queryset` must end in a stable order."""

    def get_queryset(self) -> QuerySet[Any]:
        queryset: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return queryset.none()  # type: ignore[no-any-return]
        return queryset.visible_to(self.actor)  # type: ignore[no-any-return]


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Operations raise Django's `ValidationError`; the API answers 400 with the same words keyed by field."""
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(detail=serializers.as_serializer_error(error))
    return rest_exception_handler(error, context)
