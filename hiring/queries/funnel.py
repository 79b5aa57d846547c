"""The funnel: how far the applications of a cohort got.

Every number is plain data (no model rows), so that pages, the API and exports show the same. Shares are between 0 and 1
and None where nothing can be divided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import ApplicationStatus, StageKind
from hiring.models import Application, Job, Stage
from hiring.queries.access import counted
from hiring.queries.jobs import Stages, stages_in_use

HIRED = "hired"
_KINDS = [kind.value for kind in StageKind]


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` on and before `end`; either may be open."""

    start: datetime | None = None
    end: datetime | None = None

    def within(self, field: str) -> Q:
        """Return the condition that `field` lies in the period."""
        condition = Q()
        if self.start is not None:
            condition &= Q(**{f"{field}__gte": self.start})
        if self.end is not None:
            condition &= Q(**{f"{field}__lt": self.end})
        return condition


EVER = Period()


# --- The funnel ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """How many of the cohort got here. `key` is a stage's id, a kind of stage (several jobs) or "hired".

    `share` is of the whole cohort, `pass_through` of the step before.
    """

    key: str
    name: str
    reached: int
    share: float | None
    pass_through: float | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The way of the `n` applications of a cohort."""

    n: int
    steps: tuple[FunnelStep, ...]
    definition: str


def funnel_definition() -> str:
    """Return what the funnel counts, for its page."""
    return _(
        "Applications, not people, that came in during the period. An application reached a stage when it was ever "
        "there or further on: stages that were skipped count as reached, a move back takes nothing away. Hired counts "
        "those who are hired now; they reached every stage."
    )


def cohort(
    actor: Actor, *, period: Period = EVER, jobs: Iterable[Job] | None = None, source: str = ""
) -> QuerySet[Application]:
    """Return the applications that came in during `period` and count for the actor. Lazy; for numbers only."""
    rows = counted(actor).filter(period.within("applied_at"))
    if jobs is not None:
        rows = rows.filter(job__in=[job.pk for job in jobs])
    return rows.filter(source=source) if source else rows


def with_furthest(rows: QuerySet[Application]) -> QuerySet[Application]:
    """Annotate `furthest`: the place of the furthest stage the application was ever at. Lazy."""
    return rows.annotate(furthest=F("furthest_stage__position"))


def funnel(
    actor: Actor,
    *,
    period: Period = EVER,
    job: Job | None = None,
    jobs: Sequence[Job] | None = None,
    source: str = "",
    stages: Stages | None = None,
) -> Funnel:
    """Return the funnel of one job by its stages, or of several (all that count, when none is named) by kind of stage.

    Two queries, or one with the `stages` in use of these jobs. The definition is `funnel_definition`;
    `tests/hiring/queries/reference.py` computes the same slowly.
    """
    chosen = [job] if job is not None else jobs
    groups = grouped(cohort(actor, period=period, jobs=chosen, source=source))
    if stages is None:
        stages = stages_in_use({job_id for job_id, _place, _status in groups} | ({job.pk} if job else set()))
    steps = job_steps(groups, stages[job.pk]) if job is not None else kind_steps(groups, stages)
    return as_funnel(sum(groups.values()), steps)


def funnel_applications(
    actor: Actor, *, step: str, period: Period = EVER, job: Job, source: str = ""
) -> QuerySet[Application]:
    """Return the rows behind a step of a job's funnel, as far as the actor sees them. One query, then lazy."""
    rows = Application.objects.filter(period.within("applied_at"), job=job).visible_to(actor)
    return reached_stage(rows.filter(source=source) if source else rows, step, job)


def reached_stage(rows: QuerySet[Application], step: str, job: Job) -> QuerySet[Application]:
    """Return those of `rows` (of one job) that reached a step of its funnel. One query, then lazy."""
    if step == HIRED:
        return rows.filter(status=ApplicationStatus.HIRED)
    stages = stages_in_use({job.pk})[job.pk]
    if stages and str(stages[0].pk) == step:
        return rows
    places = [stage.position for stage in stages if str(stage.pk) == step]
    if not places:
        return rows.none()
    ranked: QuerySet[Any] = with_furthest(rows)
    return ranked.filter(Q(furthest__gte=places[0]) | Q(status=ApplicationStatus.HIRED))


Groups = Mapping[tuple[int, int, str], int]


def grouped(rows: QuerySet[Application]) -> Groups:
    """Return how many applications there are by job, furthest place and status. One query."""
    ranked: QuerySet[Any] = with_furthest(rows)
    counts = ranked.order_by().values("job_id", "furthest", "status").annotate(count=Count("*"))
    return {(row["job_id"], row["furthest"] or 0, row["status"]): row["count"] for row in counts}


def job_steps(groups: Groups, stages: Sequence[Stage]) -> list[tuple[str, str, int]]:
    """Return key, name and number of those who reached each stage of one job, and of the hired."""
    steps = []
    for index, stage in enumerate(stages):
        reached = sum(
            count
            for (_job, furthest, status), count in groups.items()
            if index == 0 or furthest >= stage.position or status == ApplicationStatus.HIRED
        )
        steps.append((str(stage.pk), stage.name, reached))
    return [*steps, _hired_step(groups)]


def kind_steps(groups: Groups, stages: Stages) -> list[tuple[str, str, int]]:
    """Return the same for several jobs, by kind of stage."""
    reached = kinds_reached(groups, stages)
    used = {stage.kind for of_job in stages.values() for stage in of_job} | {StageKind.APPLIED.value}
    steps = [(kind, str(StageKind(kind).label), reached[kind]) for kind in _KINDS if kind in used]
    return [*steps, _hired_step(groups)]


def kinds_reached(groups: Groups, stages: Stages) -> Counter[str]:
    """Return how many reached a stage of each kind or of a later one."""
    # Where each group ended first: there are as many groups as jobs, places and statuses.
    ended: Counter[int] = Counter()
    ends: dict[tuple[int, int], int] = {}
    for (job_id, furthest, status), count in groups.items():
        if status == ApplicationStatus.HIRED:
            ended[len(_KINDS) - 1] += count
            continue
        end = ends.get((job_id, furthest))
        if end is None:
            kinds = [
                _KINDS.index(stage.kind) for stage in stages.get(job_id, ()) if stage.position <= furthest
            ]
            end = ends[job_id, furthest] = max(kinds, default=0)
        ended[end] += count
    reached: Counter[str] = Counter()
    for end, count in ended.items():
        for kind in _KINDS[: end + 1]:
            reached[kind] += count
    return reached


def _hired_step(groups: Groups) -> tuple[str, str, int]:
    hired = sum(
        count for (_job, _furthest, status), count in groups.items() if status == ApplicationStatus.HIRED
    )
    return HIRED, str(ApplicationStatus.HIRED.label), hired


def as_funnel(n: int, steps: Sequence[tuple[str, str, int]]) -> Funnel:
    """Return the funnel with the share of each step."""
    before = [n, *(reached for _key, _name, reached in steps)]
    return Funnel(
        n=n,
        steps=tuple(
            FunnelStep(key, name, reached, _share(reached, n), _share(reached, previous))
            for (key, name, reached), previous in zip(steps, before, strict=False)
        ),
        definition=funnel_definition(),
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
