"""The board of a job: its stages with the first people of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.models import Actor
from hiring.enums import ApplicationStatus
from hiring.models import (
    Application,
    Job,
    Stage,
)
from hiring.queries.jobs import current_stages, over_target
from hiring.queries.lists import with_list_columns


@dataclass(frozen=True, slots=True)
class BoardColumn:
    """A stage with how many people stand there, how many wait too long, and the first of them."""

    stage: Stage
    count: int
    over_target: int
    applications: tuple[Application, ...]


def job_board(job: Job, actor: Actor, *, now: datetime, per_stage: int = 20) -> list[BoardColumn]:
    """Return the stages in use with the active people of each, longest waiting first, at most `per_stage` of them.

    Four queries, however many people. Rows have the columns of `with_list_columns` and `is_late`.
    """
    stages = current_stages(job.pk)
    late = over_target(now)
    active = Application.objects.filter(job=job, status=ApplicationStatus.ACTIVE).visible_to(actor)
    ranked = active.annotate(
        place=Window(RowNumber(), partition_by="stage", order_by=[F("stage_entered_at").asc(), F("pk").asc()])
    ).filter(place__lte=per_stage)
    first = Application.objects.filter(pk__in=[row.pk for row in ranked.only("pk")])
    rows = list(with_list_columns(first).order_by("stage_entered_at", "pk"))
    numbers = _numbers_by_stage(active, late)
    late_ids = set(active.filter(late, pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    for row in rows:
        row.is_late = row.pk in late_ids  # type: ignore[attr-defined]
    return [
        BoardColumn(
            stage,
            *numbers.get(stage.pk, (0, 0)),
            tuple(row for row in rows if row.stage_id == stage.pk),
        )
        for stage in stages
    ]


def _numbers_by_stage(active: QuerySet[Application], late: Q) -> dict[int, tuple[int, int]]:
    rows = active.order_by().values("stage").annotate(count=Count("pk"), late=Count("pk", filter=late))
    return {row["stage"]: (row["count"], row["late"]) for row in rows}
