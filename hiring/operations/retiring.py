"""Moving people away from stages that were retired: a few at once, many as long work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from accounts.rules import random_code
from hiring.enums import ApplicationStatus, TransitionCause
from hiring.models import Application, Job, Stage
from hiring.operations.moves_many import SeenApplication, move_many
from hiring.queries.jobs import current_stages, people_at
from outbox.models import Work
from outbox.operations import give_way, queue_work
from outbox.registries import Report

RETIRE = "hiring.retire_stage"

# More people than this are moved by a worker: the page would wait, and on SQLite everybody who writes.
AT_ONCE = 500
CHUNK = 500


def queue_moves_away(*, job: Job, moves: Mapping[int, Stage], total: int, by: Actor, now: datetime) -> Work:
    """Ask for the people of retired stages to be moved and return the work. Whoever calls has retired the stages."""
    return queue_work(
        kind=RETIRE,
        intent=f"{RETIRE}:{job.pk}:{random_code()}",
        arguments={"job": job.pk, "moves": [[pk, stage.pk] for pk, stage in moves.items()]},
        by=by,
        now=now,
        total=total,
    )


def do_moves_away(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_moves_away`, in short transactions, and return its result.

    Doing it again goes on where it was: whoever stands at the retired stage still is moved.
    """
    # Whoever retired the stages had the right to; who left the job since must not leave people behind at none.
    job = Job.objects.get(pk=work.arguments["job"])
    moves: list[tuple[int, int]] = work.arguments["moves"]
    stages = Stage.objects.filter(job=job).in_bulk([pk for move in moves for pk in move])
    done, total = 0, sum(people_at([pk for pk, _to in moves]).values())
    for from_pk, to_pk in moves:
        while moved := move_away(stages[from_pk], _in_use(stages[to_pk]), by=actor, now=now):
            done += moved
            report(min(done, total), total)
            give_way()
    summary = ngettext("%(count)d person was moved.", "%(count)d people were moved.", done)
    return {"summary": summary % {"count": done}, "counts": [[_("Moved"), done]], "moved": done}


def _in_use(stage: Stage) -> Stage:
    """Return the stage; the one before it if it was retired since, or takes people with an approval only."""
    current = Stage.objects.get(pk=stage.pk)
    if current.retired_at is None and not current.needs_approval:
        return current
    stages = current_stages(stage.job_id)
    open_to_all = (each for each in reversed(stages) if not each.needs_approval)
    return next((each for each in open_to_all if each.position < current.position), stages[0])


@transaction.atomic
def move_away(stage: Stage, to_stage: Stage, *, by: Actor, now: datetime) -> int:
    """Move up to a chunk of the live people of a retired stage and return how many; 0 when nobody is left there.

    Eight statements or so, however many. What `to_stage` does with whoever enters it is not done.
    """
    rows = list(
        Application.objects.filter(stage=stage, status__in=ApplicationStatus.live)
        .select_related("candidate", "stage")
        .order_by("pk")[:CHUNK]
    )
    moved = move_many(
        seen=[SeenApplication(row, row.version) for row in rows],
        to_stage=to_stage,
        by=by,
        now=now,
        cause=TransitionCause.STAGE_RETIRED,
    )
    return len(moved)
