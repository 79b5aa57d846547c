from __future__ import annotations

import django_filters
from django.db.models import Prefetch
from rest_framework import serializers

from hiring.enums import JobStatus
from hiring.models import Job, Stage
from shell.api import ReadOnlyViewSet
from shell.lists import SLUG


class StageSerializer(serializers.ModelSerializer[Stage]):
    """A step of a job's pipeline. `assessment` is the short name of its test."""

    assessment = serializers.CharField(
        source="assessment.slug", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = Stage
        fields = ["id", "name", "kind", "position", "target_days", "assessment", "on_score"]
        read_only_fields = fields


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job with its stages in order."""

    stages = StageSerializer(many=True, read_only=True)

    class Meta:
        model = Job
        fields = [
            "slug",
            "title",
            "department",
            "location",
            "status",
            "created_at",
            "opened_at",
            "closed_at",
            "stages",
        ]
        read_only_fields = fields


class JobFilter(django_filters.FilterSet):
    """By status."""

    status = django_filters.ChoiceFilter(choices=JobStatus.choices)


class JobViewSet(ReadOnlyViewSet):
    """Jobs, the newest first."""

    queryset = Job.objects.prefetch_related(
        Prefetch(
            "stages",
            queryset=Stage.objects.filter(retired_at=None)
            .select_related("assessment")
            .order_by("position", "pk"),
        )
    ).order_by("-created_at", "-pk")
    serializer_class = JobSerializer
    filterset_class = JobFilter
    lookup_field = "slug"
    lookup_value_regex = SLUG
