"""Bases of the API: what every endpoint shares."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from drf_spectacular import renderers
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework import exceptions, serializers, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView
from rest_framework.views import exception_handler as rest_exception_handler

from accounts.models import Actor
from accounts.rules import random_code
from shell.errors import try_again
from shell.lists import MOMENT_WORDS, read_moment, refuse_unknown
from shell.unavailable import RETRY_AFTER, is_unavailable
from shell.views import ShellPage

IDEMPOTENCY_KEY: Final = "Idempotency-Key"
LONGEST_IDEMPOTENCY_KEY: Final = 255
IDEMPOTENT: Final = OpenApiParameter(
    IDEMPOTENCY_KEY,
    str,
    OpenApiParameter.HEADER,
    description=gettext_lazy(
        "Any text of your own, up to 255 characters: the same call again with the same text gives the first answer, "
        "so that a call whose answer was lost is repeated without harm."
    ),
)


class Conflict(exceptions.APIException):
    """It cannot be done as things stand. `code` is for programs, the words are for the people who run them."""

    status_code = status.HTTP_409_CONFLICT

    def __init__(self, code: str, words: str) -> None:
        super().__init__({"detail": words, "code": code})


class TooLarge(exceptions.APIException):
    """The body is larger than the site takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class Unavailable(exceptions.APIException):
    """The database is away, busy or full; the same call may work in a moment."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    # Rest framework writes it into the header Retry-After.
    wait = RETRY_AFTER


class ApiView(APIView):
    """What every address of the API does: knows who asks, and refuses parameters that it does not know.

    An unknown parameter is an error because a filter with a typing mistake would otherwise return everything.
    """

    request: Request
    # Names of the query parameters that this address reads.
    parameters: frozenset[str] = frozenset()

    @cached_property
    def actor(self) -> Actor:
        """Who asks: a colleague or a key."""
        return Actor.of_request(self.request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        refuse_unknown(request.query_params, self.known_parameters())

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        # People's data: no cache on the way may keep it.
        final["Cache-Control"] = "private, no-store"
        return final

    def known_parameters(self) -> frozenset[str]:
        """Names of the query parameters that this call understands."""
        return self.parameters

    def intent(self) -> str:
        """Return what makes a call that comes twice one piece of work: who calls, and their `Idempotency-Key`.

        Without that header every call is one of its own. Raises `ValidationError` for one that is too long.
        """
        given = self.request.headers.get(IDEMPOTENCY_KEY, "")
        if len(given) > LONGEST_IDEMPOTENCY_KEY:
            words = _("A key has %(most)d characters at most.") % {"most": LONGEST_IDEMPOTENCY_KEY}
            raise exceptions.ValidationError({IDEMPOTENCY_KEY: [words]})
        if not given:
            return random_code()
        key, user = self.actor.api_key, self.actor.user
        caller = f"key{key.pk}" if key else f"user{user.pk if user else 0}"
        return f"{caller}:{sha256(given.encode()).hexdigest()[:40]}"


class MomentField(serializers.DateTimeField):
    """A moment in what a program sends."""

    default_error_messages = {"invalid": MOMENT_WORDS}

    def to_internal_value(self, value: Any) -> datetime:
        try:
            return read_moment(str(value))
        except ValueError:
            self.fail("invalid")


class PersonSerializer(serializers.Serializer[Any]):
    """Who it is about."""

    id = serializers.CharField(source="public_id")
    full_name = serializers.CharField()


class ProgressSerializer(serializers.Serializer[Any]):
    """How far long work is: how many of how many things are done, both 0 until it is known."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class ReadOnlyViewSet(ApiView, viewsets.ReadOnlyModelViewSet[Any]):
    """A list and its rows, only what the actor may see. `queryset` must end in a stable order."""

    filterset_class: Any = None
    # Actions that answer with pages of a list, and so take its parameters.
    lists: frozenset[str] = frozenset({"list"})

    def get_queryset(self) -> QuerySet[Any]:
        queryset: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return queryset.none()
        return queryset.visible_to(self.actor)

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # A row is found by its address alone.
        return super().filter_queryset(queryset) if self.action == "list" else queryset

    def known_parameters(self) -> frozenset[str]:
        if self.action not in self.lists:
            return frozenset()
        filters = self.filterset_class.base_filters if self.filterset_class else {}
        return frozenset({*filters, "page", "page_size"})


def cleaned(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    """Return what `serializer` was given, checked. Raises `ValidationError` keyed by field."""
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def named(queryset: QuerySet[Any], *, field: str, slug: str) -> Any:
    """Return the visible row called `slug`. What may not be seen reads like what does not exist."""
    row = queryset.filter(slug=slug).first()
    if row is None:
        message = _("Nothing that you can see has the short name “%(slug)s”.") % {"slug": slug}
        raise exceptions.ValidationError({field: [message]})
    return row


@extend_schema(exclude=True)
class NothingHere(ApiView):
    """Every address below the API that is none: the answer is JSON too, and only for those who may ask at all."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super(ApiView, self).initial(request, *args, **kwargs)
        raise exceptions.NotFound(_("Nothing is at this address. Addresses of the API end with a slash."))


class ApiDocument(ApiView, SpectacularAPIView):
    """The OpenAPI document: JSON, or YAML for those who ask for it."""

    renderer_classes = [
        renderers.OpenApiJsonRenderer2,
        renderers.OpenApiJsonRenderer,
        renderers.OpenApiYamlRenderer2,
        renderers.OpenApiYamlRenderer,
    ]


class ApiPage(ShellPage, TemplateView):
    """The API to read and to try out, in the staff's shell. What is tried out is done as the colleague who tries it."""

    template_name = "shell/api.html"
    title = gettext_lazy("API")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Answer every refusal as JSON.

    400 is `{field: [words]}`, with what concerns no single field under "non_field_errors"; everything else is
    `{"detail": words}`. Operations raise Django's `ValidationError`, which reads the same here.
    """
    if isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError(detail=serializers.as_serializer_error(error))
    elif is_unavailable(error):
        error = Unavailable(try_again())
    elif isinstance(error, RequestDataTooBig):
        error = TooLarge(_("This is too large. Send less at a time."))
    elif isinstance(error, exceptions.ParseError | SuspiciousOperation):
        words = str(error.detail) if isinstance(error, exceptions.ParseError) else _("This cannot be read.")
        error = exceptions.ValidationError({api_settings.NON_FIELD_ERRORS_KEY: [words]})
    return rest_exception_handler(error, context)
