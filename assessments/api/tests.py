"""Tests. Read-only, and never a question, a key or a share."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from assessments import queries
from assessments.enums import CandidateSees, MarkingRule, Navigation
from assessments.models import Assessment
from shell.api import ReadOnlyViewSet
from shell.lists import SLUG, FlagFilter


def _of_version(name: str) -> dict[str, Any]:
    """What a field of the version in force is told: null until one is published."""
    return {
        "source": f"current_version.{name}",
        "default": None,
        "allow_null": True,
        "read_only": True,
    }


class AssessmentSerializer(serializers.ModelSerializer[Assessment]):
    """A test and the version that new invitations get; what concerns the version is null until one is published."""

    version = serializers.IntegerField(**_of_version("number"))
    questions = serializers.IntegerField(
        source="question_total", allow_null=True, read_only=True, help_text="How many each person gets."
    )
    minutes = serializers.IntegerField(**_of_version("minutes"))
    opens_at = serializers.DateTimeField(**_of_version("opens_at"))
    closes_at = serializers.DateTimeField(**_of_version("closes_at"))
    navigation = serializers.ChoiceField(Navigation.choices, **_of_version("navigation"))
    question_seconds = serializers.IntegerField(**_of_version("question_seconds"))
    buffer_seconds = serializers.IntegerField(**_of_version("buffer_seconds"))
    marking = serializers.ChoiceField(MarkingRule.choices, **_of_version("marking"))
    formula_scoring = serializers.BooleanField(**_of_version("formula_scoring"))
    pass_mark = serializers.DecimalField(max_digits=5, decimal_places=2, **_of_version("pass_mark"))
    borderline_from = serializers.DecimalField(
        max_digits=5, decimal_places=2, **_of_version("borderline_from")
    )
    candidate_sees = serializers.ChoiceField(CandidateSees.choices, **_of_version("candidate_sees"))
    valid_days = serializers.IntegerField(**_of_version("valid_days"))
    most_attempts = serializers.IntegerField(**_of_version("most_attempts"))
    retake_after_days = serializers.IntegerField(**_of_version("retake_after_days"))
    published_at = serializers.DateTimeField(**_of_version("published_at"))

    class Meta:
        model = Assessment
        fields = [
            "slug",
            "name",
            "version",
            "questions",
            "minutes",
            "opens_at",
            "closes_at",
            "navigation",
            "question_seconds",
            "buffer_seconds",
            "marking",
            "formula_scoring",
            "pass_mark",
            "borderline_from",
            "candidate_sees",
            "valid_days",
            "most_attempts",
            "retake_after_days",
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

    queryset = queries.assessment_rows(Assessment.objects.all()).order_by("slug", "pk")
    serializer_class = AssessmentSerializer
    filterset_class = AssessmentFilter
    lookup_field = "slug"
    lookup_value_regex = SLUG
