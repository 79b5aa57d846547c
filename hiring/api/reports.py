"""Numbers without names, out of the same queries as the pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.models import Assessment
from hiring import queries
from hiring.api.applications import named
from hiring.enums import JobStatus, Source, StageKind
from hiring.models import Job
from shell.api import ApiView, MomentField, cleaned


class PeriodSerializer(serializers.Serializer[Any]):
    """Which job, and from when until when."""

    job = serializers.SlugField(
        max_length=80, required=False, help_text="The short name of a job; all that you see when left out."
    )
    start = MomentField(required=False, help_text="From this moment on.")
    end = MomentField(required=False, help_text="Before this moment.")


class PipelineQuerySerializer(PeriodSerializer):
    """The same, and how applications came."""

    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=Source.choices, required=False, help_text="How the application came."
    )


class FunnelStepSerializer(serializers.Serializer[Any]):
    """How many got here. `share` is of all, `pass_through` of the step before; both between 0 and 1."""

    key = serializers.CharField(help_text="The number of a stage, a kind of stage, or “hired”.")
    name = serializers.CharField()
    reached = serializers.IntegerField()
    share = serializers.FloatField(allow_null=True)
    pass_through = serializers.FloatField(allow_null=True)


class FunnelSerializer(serializers.Serializer[Any]):
    """The way of the `n` applications that came in during the period."""

    n = serializers.IntegerField()
    steps = FunnelStepSerializer(many=True)
    definition = serializers.CharField()


class StageNowSerializer(serializers.Serializer[Any]):
    """A stage and how many are at it now."""

    stage_id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=StageKind.choices)
    active = serializers.IntegerField()
    on_hold = serializers.IntegerField()
    over_target = serializers.IntegerField(
        help_text="How many have been here longer than the stage's target days."
    )


class ByStatusSerializer(serializers.Serializer[Any]):
    """Applications of the period by status."""

    active = serializers.IntegerField()
    on_hold = serializers.IntegerField()
    rejected = serializers.IntegerField()
    withdrawn = serializers.IntegerField()
    hired = serializers.IntegerField()


class JobReportSerializer(serializers.Serializer[Any]):
    """A job: people by stage now, by status, and the funnel of the period."""

    job = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(choices=JobStatus.choices)
    stages = StageNowSerializer(many=True)
    by_status = ByStatusSerializer()
    funnel = FunnelSerializer()


class PipelineReportSerializer(serializers.Serializer[Any]):
    """Where everybody stands now, and the way of those who applied in the period."""

    as_of = serializers.DateTimeField()
    start = serializers.DateTimeField(allow_null=True)
    end = serializers.DateTimeField(allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="Empty when all sources count."
    )
    jobs = JobReportSerializer(many=True)
    total = FunnelSerializer()
    definition = serializers.CharField()


class BandsSerializer(serializers.Serializer[Any]):
    """Scores by result."""

    passed = serializers.IntegerField()
    borderline = serializers.IntegerField()
    below = serializers.IntegerField()


class SkillMeanSerializer(serializers.Serializer[Any]):
    """How `n` people did on a skill, in percent."""

    skill = serializers.CharField()
    name = serializers.CharField()
    mean_percent = serializers.FloatField()
    n = serializers.IntegerField()


class AssessmentReportSerializer(serializers.Serializer[Any]):
    """What became of the invitations of a period, and the scores of those who finished.

    `open` to `void` add up to `invited`. `histogram` has ten classes of ten percent points; 100 is in the last.
    """

    assessment = serializers.CharField()
    name = serializers.CharField()
    start = serializers.DateTimeField(allow_null=True)
    end = serializers.DateTimeField(allow_null=True)
    as_of = serializers.DateTimeField()
    invited = serializers.IntegerField()
    open = serializers.IntegerField()
    started = serializers.IntegerField()
    finished = serializers.IntegerField()
    expired = serializers.IntegerField()
    revoked = serializers.IntegerField()
    void = serializers.IntegerField()
    scores_n = serializers.IntegerField(help_text="How many scores are behind mean, median and bands.")
    mean = serializers.FloatField(allow_null=True)
    median = serializers.FloatField(allow_null=True)
    deviation = serializers.FloatField(allow_null=True)
    bands = BandsSerializer()
    histogram = serializers.ListField(child=serializers.IntegerField(), min_length=10, max_length=10)
    skills = SkillMeanSerializer(many=True)
    definition = serializers.CharField()


class Report(ApiView):
    """A report for a period and, if wished, one job."""

    query_class: type[serializers.Serializer[Any]] = PeriodSerializer

    def known_parameters(self) -> frozenset[str]:
        return frozenset(self.query_class().fields)

    def asked(self) -> dict[str, Any]:
        """What the query parameters say, with the job and the period as the queries take them."""
        given = cleaned(self.query_class(data=self.request.query_params))
        start, end = given.pop("start", None), given.pop("end", None)
        slug = given.pop("job", None)
        if slug is not None:
            given["job"] = named(Job.objects.visible_to(self.actor), field="job", slug=slug)
        return {**given, "period": queries.Period(start=start, end=end), "now": timezone.now()}


class PipelineReportView(Report):
    query_class = PipelineQuerySerializer

    @extend_schema(
        operation_id="reports_pipeline",
        parameters=[PipelineQuerySerializer],
        responses=PipelineReportSerializer,
    )
    def get(self, request: Request) -> Response:
        """People by stage and status and the funnel, for each job that you see."""
        report = queries.pipeline_report(self.actor, **self.asked())
        return Response(PipelineReportSerializer(asdict(report)).data)


class AssessmentReportView(Report):
    @extend_schema(
        operation_id="reports_assessment",
        parameters=[PeriodSerializer, OpenApiParameter("slug", str, OpenApiParameter.PATH)],
        responses=AssessmentReportSerializer,
    )
    def get(self, request: Request, slug: str) -> Response:
        """Invitations by state and the scores of a test."""
        assessment = get_object_or_404(Assessment.objects.visible_to(self.actor), slug=slug)
        report = queries.assessment_report(assessment, self.actor, **self.asked())
        return Response(AssessmentReportSerializer(asdict(report)).data)
