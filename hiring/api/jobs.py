from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.registries import may_see_field
from hiring import queries
from hiring.enums import JobKind, JobStatus, SalaryPeriod
from hiring.models import Job, Opening, Stage
from shell.api import ReadOnlyViewSet
from shell.lists import SLUG


class StageSerializer(serializers.ModelSerializer[Stage]):
    """A step of a job's pipeline. `assessment` is the short name of its test."""

    assessment = serializers.CharField(
        source="assessment.slug", default=None, allow_null=True, read_only=True
    )

    class Meta:
        model = Stage
        fields = ["id", "name", "kind", "position", "target_days", "assessment", "on_score", "needs_approval"]
        read_only_fields = fields


class SalarySerializer(serializers.Serializer[Any]):
    """What a job pays."""

    min = serializers.IntegerField(allow_null=True)
    max = serializers.IntegerField(allow_null=True)
    currency = serializers.CharField()
    period = serializers.ChoiceField(choices=SalaryPeriod.choices)


class JobSerializer(serializers.ModelSerializer[Job]):
    """A job with its stages in order. `salary` is null for whoever does not recruit for it, unless it is public."""

    # Empty where nobody has said it: a field of the model that is only read would declare the kinds alone.
    kind = serializers.ChoiceField(choices=JobKind.choices, allow_blank=True, read_only=True)
    openings = serializers.IntegerField(source="opening_count", read_only=True)
    salary = serializers.SerializerMethodField()
    stages = StageSerializer(many=True, read_only=True)

    class Meta:
        model = Job
        fields = [
            "slug",
            "title",
            "department",
            "team",
            "location",
            "kind",
            "openings",
            "salary",
            "status",
            "created_at",
            "opened_at",
            "closed_at",
            "stages",
        ]
        read_only_fields = fields

    @extend_schema_field(SalarySerializer(allow_null=True))
    def get_salary(self, job: Job) -> dict[str, Any] | None:
        is_said = job.salary_min is not None or job.salary_max is not None
        if not is_said or not may_see_field("hiring.Job", "salary", self.context["view"].actor, job):
            return None
        return {
            "min": job.salary_min,
            "max": job.salary_max,
            "currency": job.salary_currency,
            "period": job.salary_period,
        }


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

    def get_queryset(self) -> QuerySet[Any]:
        jobs = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return jobs
        openings = Opening.objects.filter(job=OuterRef("pk"), closed_at=None).order_by().values("job")
        return queries.with_salary_sight(jobs, self.actor).annotate(
            opening_count=Coalesce(
                Subquery(openings.annotate(count=Count("pk")).values("count")),
                0,
                output_field=IntegerField(),
            )
        )

    lookup_value_regex = SLUG
