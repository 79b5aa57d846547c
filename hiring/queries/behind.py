"""The rows behind the numbers of a dashboard."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from accounts.models import Actor
from hiring.enums import ApplicationStatus, StageKind
from hiring.models import Application, Job, Stage
from hiring.queries.funnel import HIRED, Period, cohort, funnel_applications, with_furthest
from hiring.queries.lists import with_list_columns

_KINDS = [kind.value for kind in StageKind]


def funnel_rows(
    actor: Actor, *, step: str, period: Period, jobs: Sequence[Job], job: Job | None = None
) -> QuerySet[Application]:
    """Return the applications that `reports.funnel` counted at `step`, as far as the actor sees them.

    Newest first, lazy.

    Arguments: `step` is the key of a `FunnelStep`: a stage's id when the funnel is of one `job`, else a kind of stage.
    At most two queries before the rows.
    """
    if job is not None:
        rows = funnel_applications(actor, step=step, period=period, job=job)
    else:
        rows = cohort(actor, period=period, jobs=jobs) & Application.objects.all().visible_to(actor)
        rows = reached_kind(rows, step, jobs)
    return with_list_columns(rows).order_by("-applied_at", "-pk")


def reached_kind(rows: QuerySet[Application], step: str, jobs: Sequence[Job]) -> QuerySet[Application]:
    """Return those of `rows` (of several jobs) that reached a step of their funnel. At most one query, then lazy."""
    if step == HIRED:
        return rows.filter(status=ApplicationStatus.HIRED)
    if step not in _KINDS:
        return rows.none()
    if step == _KINDS[0]:
        return rows
    # A kind is reached with the first stage of that kind or a later one; stages are few, so each job says its own.
    reached = Q(status=ApplicationStatus.HIRED)
    first: dict[int, int] = {}
    later = _KINDS[_KINDS.index(step) :]
    stages = Stage.objects.filter(job__in=[job.pk for job in jobs], retired_at=None, kind__in=later)
    for job_id, position in stages.order_by("position", "pk").values_list("job", "position"):
        first.setdefault(job_id, position)
    for job_id, position in first.items():
        reached |= Q(job=job_id, furthest__gte=position)
    return with_furthest(rows).filter(reached)
