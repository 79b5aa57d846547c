"""What people asked for before a test, more time or another format, for those who may answer it."""

from __future__ import annotations

import django_filters
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.registries import may_see_field
from assessments.enums import AccommodationState
from assessments.models import AccommodationRequest, Invitation
from hiring.api.tests import OfApplicationSerializer
from shell.api import PersonSerializer, ReadOnlyViewSet
from shell.lists import NUMBER, CodeFilter, MomentFilter, Ordering, SlugFilter


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
        return request.text if request.is_open or self._sees("extra_reason") else None

    def get_extra_seconds(self, request: AccommodationRequest) -> int | None:
        return request.extra_seconds if self._sees("extra_seconds") else None

    def _sees(self, field: str) -> bool:
        return may_see_field(Invitation._meta.label, field, self.context["view"].actor)


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

    They may tell of somebody's health: colleagues read those that they may answer, and a key reads any only when it is
    an administrator's and limited to no job.
    """

    queryset = AccommodationRequest.objects.select_related(
        "invitation__candidate",
        "invitation__version__assessment",
        "invitation__application_link__application__job",
    ).order_by("-asked_at", "-pk")
    serializer_class = AccommodationSerializer
    filterset_class = AccommodationFilter
    lookup_value_regex = NUMBER
