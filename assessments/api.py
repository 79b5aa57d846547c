"""Tests over the API. Read-only, and never a question, a key or a share."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from assessments.models import Assessment
from shell.api import ReadOnlyViewSet
from shell.lists import SLUG, FlagFilter


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """A test and the version that new invitations get; what concerns the version is null until one is published."""

    version = serializers.IntegerField(
        source="current_version.number", default=None, allow_null=True, read_only=True
    )
    minutes = serializers.IntegerField(
        source="current_version.minutes", default=None, allow_null=True, read_only=True
    )
    pass_mark = serializers.DecimalField(
        source="current_version.pass_mark",
        max_digits=5,
        decimal_places=2,
        default=None,
        allow_null=True,
        read_only=True,
    )
    borderline_from = serializers.DecimalField(
        source="current_version.borderline_from",
        max_digits=5,
        decimal_places=2,
        default=None,
        allow_null=True,
        read_only=True,
    )
    published_at = serializers.DateTimeField(
        source="current_version.published_at", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = Assessment
        fields = [
            "slug",
            "name",
            "version",
            "minutes",
            "pass_mark",
            "borderline_from",
            "published_at",
            "retired_at",
        ]
        read_only_fields = fields


class AssessmentFilter(django_filters.FilterSet):
    """By whether people can be invited to them."""

    open = FlagFilter(method="filter_open")

    def filter_open(self, queryset: QuerySet[Assessment], name: str, value: bool) -> QuerySet[Assessment]:
        opened = {"retired_at__isnull": True, "current_version__isnull": False}
        return queryset.filter(**opened) if value else queryset.exclude(**opened)


class AssessmentViewSet(ReadOnlyViewSet):
    """Tests, by their short names."""

    queryset = Assessment.objects.select_related("current_version").order_by("slug", "pk")
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter
    lookup_field = "slug"
    lookup_value_regex = SLUG
