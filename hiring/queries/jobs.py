"""Reads of jobs: their stages, and how many people stand where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import Actor
from assessments.models import Assessment
from hiring.enums import ApplicationStatus, Capability, JobStatus
from hiring.models import Application, Job, JobMember, Stage
from hiring.queries.access import counted, jobs_where

# The stages in use of each of several jobs, in order.
Stages = Mapping[int, Sequence[Stage]]


def current_stages(job_id: int) -> list[Stage]:
    """Return the stages of a job that are in use, in order, with their tests. One query."""
    return list(
        Stage.objects.filter(job_id=job_id, retired_at=None)
        .select_related("assessment")
        .order_by("position", "pk")
    )


def next_stage(stage: Stage) -> Stage | None:
    """Return the first stage in use after `stage`, or None. One query."""
    return (
        Stage.objects.filter(job_id=stage.job_id, retired_at=None, position__gt=stage.position)
        .order_by("position", "pk")
        .first()
    )


def test_stage(job_id: int, assessment: Assessment) -> Stage | None:
    """Return the first stage in use of a job that asks for this test, or None. One query."""
    return (
        Stage.objects.filter(job_id=job_id, retired_at=None, assessment=assessment)
        .order_by("position", "pk")
        .first()
    )


def with_salary_sight(jobs: QuerySet[Job], actor: Actor) -> QuerySet[Job]:
    """Let each job know as `salary_seen` whether the actor may read its pay: the mask asks nothing more then. Lazy."""
    return jobs.annotate(salary_seen=Exists(jobs_where(actor, Capability.SALARY).filter(pk=OuterRef("pk"))))


def people_at(stage_ids: Sequence[int]) -> dict[int, int]:
    """Return how many live applications stand at each of these stages; those with none are left out. One query."""
    rows = (
        Application.objects.filter(stage__in=stage_ids, status__in=ApplicationStatus.live)
        .order_by()
        .values("stage")
        .annotate(count=Count("pk"))
    )
    return {row["stage"]: row["count"] for row in rows}


def members_of(job: Job) -> QuerySet[JobMember]:
    """Return the people of a job with their roles: recruiters, managers, interviewers. Lazy."""
    order = Case(
        When(role="recruiter", then=Value(0)),
        When(role="hiring_manager", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return JobMember.objects.filter(job=job).select_related("user").order_by(order, "user__full_name", "pk")


def over_target(now: datetime) -> Q:
    """Return the condition of an application that has been at its stage for longer than the stage's target.

    One query: the few different targets that there are. A stage without a target never counts.
    """
    targets = (
        Stage.objects.filter(target_days__isnull=False)
        .order_by()
        .values_list("target_days", flat=True)
        .distinct()
    )
    late = Q(pk__in=[])
    for days in targets:
        late |= Q(stage__target_days=days, stage_entered_at__lt=now - timedelta(days=days or 0))
    return late & Q(status=ApplicationStatus.ACTIVE)


def _count_of(applications: QuerySet[Application], condition: Q) -> Coalesce:
    counts = (
        applications.filter(condition, job=OuterRef("pk"))
        .order_by()
        .values("job")
        .annotate(count=Count("pk"))
    )
    return Coalesce(Subquery(counts.values("count")), Value(0), output_field=IntegerField())


def jobs_with_counts(actor: Actor) -> QuerySet[Job]:
    """Return the jobs the actor sees, open ones first, with the numbers a list shows. Lazy.

    Annotations: `active_count`, `on_hold_count`, `hired_count`, `rejected_count`, of the applications that
    count for the actor (`access.counted`), and `is_counted`: whether any of the job's do.
    """
    applications = counted(actor)
    order = Case(
        *[When(status=status, then=Value(place)) for place, status in enumerate(("open", "draft", "paused"))],
        default=Value(3),
        output_field=IntegerField(),
    )
    return (
        Job.objects.all()
        .visible_to(actor)
        .annotate(
            is_counted=ExpressionWrapper(_counted_for(actor), output_field=BooleanField()),
            active_count=_count_of(applications, Q(status=ApplicationStatus.ACTIVE)),
            on_hold_count=_count_of(applications, Q(status=ApplicationStatus.ON_HOLD)),
            hired_count=_count_of(applications, Q(status=ApplicationStatus.HIRED)),
            rejected_count=_count_of(applications, Q(status=ApplicationStatus.REJECTED)),
        )
        .order_by(order, "-created_at", "-pk")
    )


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many people stand at a stage now."""

    stage: Stage
    active: int
    on_hold: int
    over_target: int


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job with its stages in order and the people at each."""

    job: Job
    stages: tuple[StageCount, ...]

    @property
    def active(self) -> int:
        """Active applications at all stages."""
        return sum(count.active for count in self.stages)

    @property
    def bar(self) -> list[tuple[str, str, str]]:
        """Place, name and active people of each stage, in words: a page has a bar for each of many jobs."""
        return [
            (str(place), count.stage.name, str(count.active))
            for place, count in enumerate(self.stages, start=1)
        ]

    @property
    def over_target(self) -> int:
        """Those who have been at their stage for longer than its target."""
        return sum(count.over_target for count in self.stages)


def stages_in_use(job_ids: Iterable[int]) -> dict[int, list[Stage]]:
    """Return the stages in use of each job, in order. One query."""
    stages: dict[int, list[Stage]] = defaultdict(list)
    for stage in Stage.objects.filter(job__in=list(job_ids), retired_at=None).order_by(
        "job", "position", "pk"
    ):
        stages[stage.job_id].append(stage)
    return stages


def jobs_by_stage(
    jobs: Sequence[Job], actor: Actor, *, now: datetime, stages: Stages | None = None
) -> list[JobRow]:
    """Return `jobs` with the live people at each stage in use. Three queries however many jobs, one less with the
    `stages` in use of these jobs.
    """
    if stages is None:
        stages = stages_in_use(job.pk for job in jobs)
    late = over_target(now)
    rows = (
        counted(actor)
        .filter(job__in=[job.pk for job in jobs], status__in=ApplicationStatus.live)
        .order_by()
        .values("stage")
        .annotate(
            active=Count("pk", filter=Q(status=ApplicationStatus.ACTIVE)),
            on_hold=Count("pk", filter=Q(status=ApplicationStatus.ON_HOLD)),
            late=Count("pk", filter=late),
        )
    )
    counts = {row["stage"]: (row["active"], row["on_hold"], row["late"]) for row in rows}
    return [
        JobRow(
            job,
            tuple(StageCount(stage, *counts.get(stage.pk, (0, 0, 0))) for stage in stages.get(job.pk, ())),
        )
        for job in jobs
    ]


def _counted_for(actor: Actor) -> Q:
    """The jobs whose people or numbers the actor sees."""
    people, numbers = jobs_where(actor, Capability.SEE), jobs_where(actor, Capability.NUMBERS)
    return Q(pk__in=people.values("pk")) | Q(pk__in=numbers.values("pk"))


def my_jobs(actor: Actor) -> list[Job]:
    """Return the jobs that are not closed and whose people or numbers the actor sees, newest first. One query.

    Whoever only interviews for a job sees neither: noughts would say that nobody is there.
    """
    shown = Job.objects.filter(_counted_for(actor))
    return list(shown.visible_to(actor).exclude(status=JobStatus.CLOSED).order_by("-created_at", "-pk"))
