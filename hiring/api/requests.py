"""What people asked for before a test, more time or another format, for those who may answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from accounts.registries import may_see_field
from assessments import operations
from assessments.enums import AccommodationState
from assessments.models import AccommodationRequest, Invitation
from hiring.api.tests import OfApplicationSerializer
from shell.api import Conflict, PersonSerializer, ReadOnlyViewSet, cleaned
from shell.lists import NUMBER, CodeFilter, MomentFilter, Ordering, SlugFilter
from shell.schema import ConflictSerializer


class AccommodationSerializer(serializers.ModelSerializer[AccommodationRequest]):
    """That somebody asked for more time or another format, and what became of it."""

    invitation = serializers.IntegerField(source="invitation_id", read_only=True)
    candidate = PersonSerializer(source="invitation.candidate", read_only=True)
    application = OfApplicationSerializer(
        source="invitation.application_link.application", default=None, allow_null=True, read_only=True
    )
    assessment = serializers.CharField(source="invitation.version.assessment.slug", read_only=True)
    text = serializers.SerializerMethodField(
        help_text=_("In the person's words; null once it is answered, for everybody but administrators.")
    )
    extra_seconds = serializers.SerializerMethodField(
        help_text=_("All the extra time since the answer; null for everybody but administrators.")
    )

    class Meta:
        model = AccommodationRequest
        fields = [
            "id",
            "invitation",
            "candidate",
            "application",
            "assessment",
            "state",
            "text",
            "wished_minutes",
            "asked_at",
            "answered_at",
            "extra_seconds",
        ]
        read_only_fields = fields

    def get_text(self, request: AccommodationRequest) -> str | None:
        return request.text if request.is_open or self._sees("extra_reason", request) else None

    def get_extra_seconds(self, request: AccommodationRequest) -> int | None:
        return request.extra_seconds if self._sees("extra_seconds", request) else None

    def _sees(self, field: str, request: AccommodationRequest) -> bool:
        return may_see_field(Invitation._meta.label, field, self.context["view"].actor, request.invitation)


class GrantSerializer(serializers.Serializer[Any]):
    """Extra time, another format in words, or both."""

    minutes = serializers.IntegerField(
        min_value=0,
        max_value=24 * 60,
        help_text=_("All the extra time that the person has then; 0 for another format alone."),
    )
    answer = serializers.CharField(
        max_length=1000,
        required=False,
        allow_blank=True,
        default="",
        help_text=_("In words for the person; needed when it is not about time."),
    )


class DeclineSerializer(serializers.Serializer[Any]):
    """Why not."""

    answer = serializers.CharField(max_length=1000, help_text=_("In words for the person."))


_CONFLICT = OpenApiResponse(
    ConflictSerializer, "It was answered already, the test was started or withdrawn, or there is no address."
)


class AccommodationFilter(django_filters.FilterSet):
    """By test, person, application, job, state and when they asked."""

    assessment = SlugFilter(field_name="invitation__version__assessment__slug")
    candidate = CodeFilter(field_name="invitation__candidate__public_id")
    application = CodeFilter(field_name="invitation__application_link__application__public_id")
    job = SlugFilter(field_name="invitation__application_link__application__job__slug")
    state = django_filters.ChoiceFilter(choices=AccommodationState.choices)
    asked_after = MomentFilter(field_name="asked_at", lookup_expr="gte")
    asked_before = MomentFilter(field_name="asked_at", lookup_expr="lt")
    ordering = Ordering("asked_at")


class AccommodationViewSet(ReadOnlyViewSet):
    """Requests for more time or another format, the newest first.

    They may tell of somebody's health: colleagues and their keys read those that they may answer.
    """

    # Extra time is a term of the invitation.
    write_scope = Scope.INVITATIONS_WRITE

    queryset = AccommodationRequest.objects.select_related(
        "invitation__candidate",
        "invitation__version__assessment",
        "invitation__application_link__application__job",
    ).order_by("-asked_at", "-pk")
    serializer_class = AccommodationSerializer
    filterset_class = AccommodationFilter
    lookup_value_regex = NUMBER

    @extend_schema(request=GrantSerializer, responses={200: AccommodationSerializer, 409: _CONFLICT})
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def grant(self, request: Request, pk: str) -> Response:
        """Give the person extra time, or say what else there is for them. They are told by mail."""
        return self._answer(GrantSerializer(data=request.data), operations.grant_accommodation)

    @extend_schema(request=DeclineSerializer, responses={200: AccommodationSerializer, 409: _CONFLICT})
    @action(detail=True, methods=["post"], filterset_class=None, pagination_class=None)
    def decline(self, request: Request, pk: str) -> Response:
        """Say no, with a word for the person. They are told by mail; extra time stays as it was."""
        return self._answer(DeclineSerializer(data=request.data), operations.decline_accommodation)

    def _answer(self, form: serializers.Serializer[Any], operation: Callable[..., Any]) -> Response:
        asked = self.get_object()
        data = cleaned(form)
        try:
            operation(request=asked, by=self.actor, now=timezone.now(), **data)
        except operations.AccommodationRefused as refusal:
            raise Conflict("answered", str(refusal)) from refusal
        except operations.InvitationRefused as refusal:
            raise Conflict("not_open", str(refusal)) from refusal
        except operations.CannotInvite as refusal:
            raise Conflict("no_address", str(refusal)) from refusal
        return Response(self.get_serializer(self.get_object()).data)
