from __future__ import annotations

import django_filters
from django.core.validators import validate_email
from django.db.models import Prefetch, QuerySet
from rest_framework import serializers

from accounts.models import Actor
from accounts.rules import normalise_email
from candidates.models import Candidate, CandidateEmail
from hiring.models import Application
from shell.api import ReadOnlyViewSet
from shell.lists import CODE, MomentFilter, Ordering, SlugFilter


class CandidateSerializer(serializers.ModelSerializer[Candidate]):
    """A person with their addresses, the main one first."""

    id = serializers.CharField(source="public_id", read_only=True)
    emails = serializers.SerializerMethodField()

    class Meta:
        model = Candidate
        fields = ["id", "full_name", "emails", "phone", "time_zone", "language", "created_at"]
        read_only_fields = fields

    def get_emails(self, candidate: Candidate) -> list[str]:
        return [email.address for email in candidate.emails.all()]


class CandidateFilter(django_filters.FilterSet):
    """By exact address, by job and by when they were added."""

    email = django_filters.CharFilter(method="filter_email", validators=[validate_email])
    job = SlugFilter(method="filter_job")
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")
    ordering = Ordering("created_at")

    def filter_email(self, queryset: QuerySet[Candidate], name: str, value: str) -> QuerySet[Candidate]:
        addresses = CandidateEmail.objects.filter(normalised=normalise_email(value))
        return queryset.filter(pk__in=addresses.values("candidate"))

    def filter_job(self, queryset: QuerySet[Candidate], name: str, value: str) -> QuerySet[Candidate]:
        # Only through what the caller sees: a person they know must not tell where else they applied.
        seen = Application.objects.visible_to(Actor.of_request(self.request))
        return queryset.filter(pk__in=seen.filter(job__slug=value).values("candidate"))


class CandidateViewSet(ReadOnlyViewSet):
    """People, the newest first. They are added together with an application: `POST applications/`."""

    queryset = (
        Candidate.objects.present()
        .prefetch_related(Prefetch("emails", queryset=CandidateEmail.objects.order_by("-is_primary", "pk")))
        .order_by("-created_at", "-pk")
    )
    serializer_class = CandidateSerializer
    filterset_class = CandidateFilter
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = CODE
