"""The pipeline report: where everybody stands now, and the way of those who applied in a period.

Every number is plain data (no model rows), so that pages, the API and exports show the same. Shares are between 0 and 1
and None where nothing can be divided.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from accounts.models import Actor
from hiring.enums import ApplicationStatus
from hiring.models import Job, Stage
from hiring.queries.access import counted
from hiring.queries.funnel import (
    EVER,
    Funnel,
    Groups,
    Period,
    as_funnel,
    cohort,
    funnel_definition,
    grouped,
    job_steps,
    kind_steps,
)
from hiring.queries.jobs import over_target, stages_in_use


@dataclass(frozen=True, slots=True)
class StageNow:
    """A stage and the people at it now."""

    stage_id: int
    name: str
    kind: str
    active: int
    on_hold: int
    over_target: int


@dataclass(frozen=True, slots=True)
class JobReport:
    """A job: its people by stage now and by status, and the funnel of the period."""

    job: str
    title: str
    status: str
    stages: tuple[StageNow, ...]
    by_status: dict[str, int]
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class PipelineReport:
    """Where everybody stands now, and the way of those who applied in the period."""

    as_of: datetime
    start: datetime | None
    end: datetime | None
    source: str
    jobs: tuple[JobReport, ...]
    total: Funnel
    definition: str


def pipeline_report(
    actor: Actor, *, now: datetime, period: Period = EVER, job: Job | None = None, source: str = ""
) -> PipelineReport:
    """Return the report of one job or of all that the actor sees. Six queries, however many jobs and people.

    `by_status` and the funnels are of the applications of the period (and `source`); the people by stage are of now.
    """
    jobs = [job] if job is not None else list(Job.objects.all().visible_to(actor).order_by("title", "pk"))
    in_period = cohort(actor, period=period, jobs=jobs, source=source)
    groups = grouped(in_period)
    stages = stages_in_use([each.pk for each in jobs])
    standing = _standing(actor, jobs, now)
    reports = tuple(_job_report(each, groups, stages[each.pk], standing) for each in jobs)
    total = as_funnel(sum(groups.values()), kind_steps(groups, stages))
    return PipelineReport(
        as_of=now,
        start=period.start,
        end=period.end,
        source=source,
        jobs=reports,
        total=total,
        definition=funnel_definition(),
    )


def _standing(actor: Actor, jobs: Sequence[Job], now: datetime) -> dict[int, tuple[int, int, int]]:
    rows = (
        counted(actor)
        .filter(job__in=[job.pk for job in jobs], status__in=ApplicationStatus.live)
        .order_by()
        .values("stage")
        .annotate(
            active=Count("pk", filter=Q(status=ApplicationStatus.ACTIVE)),
            on_hold=Count("pk", filter=Q(status=ApplicationStatus.ON_HOLD)),
            late=Count("pk", filter=over_target(now)),
        )
    )
    return {row["stage"]: (row["active"], row["on_hold"], row["late"]) for row in rows}


def _job_report(
    job: Job, groups: Groups, stages: Sequence[Stage], standing: Mapping[int, tuple[int, int, int]]
) -> JobReport:
    mine = {key: count for key, count in groups.items() if key[0] == job.pk}
    by_status = dict.fromkeys(ApplicationStatus.values, 0)
    for (_job, _furthest, status), count in mine.items():
        by_status[status] += count
    return JobReport(
        job=job.slug,
        title=job.title,
        status=job.status,
        stages=tuple(
            StageNow(stage.pk, stage.name, stage.kind, *standing.get(stage.pk, (0, 0, 0))) for stage in stages
        ),
        by_status=by_status,
        funnel=as_funnel(sum(mine.values()), job_steps(mine, stages)),
    )
