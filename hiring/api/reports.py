"""Numbers without names, out of the same queries as the pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.models import Assessment
from hiring import queries
from hiring.enums import Cohort, JobStatus, Source, StageKind
from hiring.models import Job, TrackingLink
from hiring.queries import reports
from shell.api import ApiView, MomentField, cleaned, named


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


@extend_schema_field(OpenApiTypes.NUMBER)
class NumberField(serializers.Field[Any, Any, Any, Any]):
    """A number as it is: counts are whole."""

    def to_representation(self, value: float) -> float:
        return value


class ColumnSerializer(serializers.Serializer[Any]):
    """What stands in `values` under `key`. Shares are between 0 and 1, scores are percents."""

    key = serializers.CharField()
    title = serializers.CharField()
    unit = serializers.ChoiceField(choices=[(unit.value, unit.value) for unit in reports.Unit])


class RowSerializer(serializers.Serializer[Any]):
    """A line of a report. None stands where nothing can be computed."""

    key = serializers.CharField(
        help_text="The number or kind of a stage, or the short name of a job or test."
    )
    name = serializers.CharField()
    values = serializers.DictField(
        child=NumberField(allow_null=True), help_text="A number for each column, by its key."
    )


class NamedReportSerializer(serializers.Serializer[Any]):
    """A report: what it is of, its definition, and its table."""

    name = serializers.CharField(source="kind.name")
    title = serializers.CharField(source="kind.title")
    as_of = serializers.DateTimeField(source="asked.now")
    start = serializers.DateTimeField(source="asked.period.start", allow_null=True)
    end = serializers.DateTimeField(source="asked.period.end", allow_null=True)
    cohort = serializers.SerializerMethodField(
        help_text="Which applications it is about; empty where all are."
    )
    n = serializers.IntegerField(help_text="How many applications are behind it.")
    definition = serializers.CharField(source="kind.definition")
    columns = ColumnSerializer(many=True)
    rows = RowSerializer(many=True)

    def get_cohort(self, report: reports.Report) -> str:
        return report.asked.cohort.value if report.kind.cohorts else ""


class NamedQuerySerializer(PipelineQuerySerializer):
    """The same, and of which applications."""

    recruiter = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="Only jobs that this colleague recruits for: the number in the address of the page.",
    )
    link = serializers.CharField(
        max_length=16,
        required=False,
        help_text="Only applications that came by this tracking link: the code at the end of its address.",
    )
    cohort = serializers.ChoiceField(
        choices=Cohort.choices,
        required=False,
        help_text="Which applications it is about: those that applied, left a stage or were hired in the period. "
        "Each report has its usual ones, and refuses those it does not know.",
    )


class NamedReportView(Report):
    query_class = NamedQuerySerializer
    kwargs: dict[str, Any]

    @cached_property
    def kind(self) -> reports.ReportKind:
        """The report of the address."""
        kind = reports.REPORTS.get(self.kwargs["name"])
        if kind is None:
            raise Http404
        return kind

    def known_parameters(self) -> frozenset[str]:
        of_time = () if self.kind.has_period else ("start", "end")
        return super().known_parameters() - {*of_time, *(() if self.kind.cohorts else ("cohort",))}

    @extend_schema(
        operation_id="reports_named",
        parameters=[
            NamedQuerySerializer,
            OpenApiParameter("name", str, OpenApiParameter.PATH, enum=list(reports.REPORTS)),
        ],
        responses=NamedReportSerializer,
    )
    def get(self, request: Request, name: str) -> Response:
        """One of the reports of the pages: the same numbers out of the same queries."""
        return Response(NamedReportSerializer(reports.read_report(name, self._filter())).data)

    def _filter(self) -> reports.ReportFilter:
        given = self.asked()
        job, cohort = given.get("job"), given.get("cohort")
        usual = self.kind.cohorts[0] if self.kind.cohorts else Cohort.APPLIED
        if cohort is not None and cohort not in self.kind.cohorts:
            known = ", ".join(self.kind.cohorts)
            raise serializers.ValidationError({"cohort": [_("This report knows: %s.") % known]})
        jobs = reports.reported_jobs(self.actor, recruiter=given.get("recruiter"))
        return reports.ReportFilter(
            actor=self.actor,
            now=given["now"],
            jobs=list(jobs if job is None else jobs.filter(pk=job.pk)),
            job=job,
            period=given["period"],
            cohort=Cohort(cohort or usual),
            source=given.get("source", ""),
            link=self._link(given.get("link")),
        )

    def _link(self, code: str | None) -> TrackingLink | None:
        if code is None:
            return None
        link = reports.reported_links(self.actor).filter(public_id=code).first()
        if link is None:
            message = _("No link that you can see has the code “%(code)s”.") % {"code": code}
            raise serializers.ValidationError({"link": [message]})
        return link


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
