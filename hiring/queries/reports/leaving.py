"""How applications leave stages: the transitions that end a stay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from hiring.enums import ApplicationStatus, StageKind, TransitionCause
from hiring.models import ApplicationTransition, Job, Stage

# A stage that is not in use any more stood before the one that took its place.
_IN_ORDER = ("position", F("retired_at").asc(nulls_last=True), "pk")


def leavings() -> QuerySet[Any]:
    """Return the transitions by which an application left a stage: for another one, or because it was decided. Lazy.

    What was undone never was. Being put on hold leaves nothing: the stay goes on.
    """
    return (
        real_transitions()
        .filter(since__isnull=False)
        .filter(~Q(to_stage=F("from_stage")) | Q(to_status__in=ApplicationStatus.final))
    )


def chosen_leavings() -> QuerySet[Any]:
    """Return the same without those by which a stage was emptied that is not in use any more. Lazy."""
    return leavings().exclude(cause=TransitionCause.STAGE_RETIRED)


def real_transitions() -> QuerySet[Any]:
    """Return the transitions that were not undone, without those that undid them. Lazy."""
    return ApplicationTransition.objects.filter(undone_by=None).exclude(cause=TransitionCause.UNDONE)


def key_of_stage(job: Job | None) -> str:
    """Return by what stages are told apart: those of one job by themselves, those of several by their kind."""
    return "from_stage" if job is not None else "from_stage__kind"


def named_stages(jobs: Iterable[Job], job: Job | None, found: Iterable[Any]) -> list[tuple[Any, str]]:
    """Return key and name of each stage in use, and of those retired that were `found`, in order. One query."""
    keys = set(found)
    if job is not None:
        stages = Stage.objects.filter(Q(retired_at=None) | Q(pk__in=keys), job=job)
        return [(stage.pk, _stage_name(stage)) for stage in stages.order_by(*_IN_ORDER)]
    used = Stage.objects.filter(job__in=[each.pk for each in jobs], retired_at=None)
    keys |= set(used.order_by().values_list("kind", flat=True).distinct())
    return [(kind.value, str(kind.label)) for kind in StageKind if kind.value in keys]


def _stage_name(stage: Stage) -> str:
    return stage.name if stage.retired_at is None else _("%s (retired)") % stage.name
