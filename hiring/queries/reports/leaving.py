"""How applications leave stages: the transitions that end a stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from hiring.enums import StageKind, TransitionCause
from hiring.models import ApplicationTransition, Job, Stage
from hiring.queries.funnel import Period

# A stage that is not in use any more stood before the one that took its place.
_IN_ORDER = ("position", F("retired_at").asc(nulls_last=True), "pk")


def leavings() -> QuerySet[Any]:
    """Return the transitions by which an application left a stage: for another one, or because it was decided. Lazy.

    What was undone never was. Being put on hold leaves nothing: the stay goes on. `hiring.operations.stays` says it.
    """
    return ApplicationTransition.objects.filter(stayed__isnull=False)


def chosen_leavings() -> QuerySet[Any]:
    """Return the same without those by which a stage was emptied that is not in use any more. Lazy."""
    return leavings().exclude(cause=TransitionCause.STAGE_RETIRED)


def real_transitions() -> QuerySet[Any]:
    """Return the transitions that were not undone, without those that undid them. Lazy."""
    return ApplicationTransition.objects.filter(undone_by=None).exclude(cause=TransitionCause.UNDONE)


def is_first(within: Period) -> Q:
    """Return the condition that a leaving is the first one of its application within a period."""
    never = Q(left_before=None)
    return never if within.start is None else never | Q(left_before__lt=within.start)


def is_last(within: Period) -> Q:
    """Return the condition that a leaving is the last one of its application and kind of stage within a period."""
    never = Q(kind_left_again=None)
    return never if within.end is None else never | Q(kind_left_again__gte=within.end)


def is_alone(within: Period) -> Q:
    """Return the condition that a leaving is the only one of its application and kind of stage within a period."""
    never = Q(kind_left_before=None)
    return is_last(within) & (never if within.start is None else never | Q(kind_left_before__lt=within.start))


def place(stage: Stage) -> tuple[Any, ...]:
    """Return what tells which of two stages of a job comes later."""
    return (stage.position, *((0, stage.retired_at) if stage.retired_at is not None else (1,)))


def key_of_stage(job: Job | None) -> str:
    """Return by what stages are told apart: those of one job by themselves, those of several by their kind."""
    return "from_stage" if job is not None else "from_stage__kind"


@dataclass(frozen=True, slots=True)
class LeftStages:
    """The stages that a report of leavings is about, those of before as well: of one job told apart by themselves, of
    several by their kind.
    """

    stages: Sequence[Stage]
    # The ids of those of jobs all of whose applications count; of the others none does.
    counted: frozenset[int]
    job: Job | None

    @property
    def by_key(self) -> dict[str, list[Stage]]:
        """The stages of each row, in order."""
        stages: dict[str, list[Stage]] = defaultdict(list)
        for stage in self.stages:
            stages[self.key_of(stage)].append(stage)
        order = [kind.value for kind in StageKind]
        return dict(stages) if self.job is not None else {key: stages[key] for key in order if key in stages}

    def key_of(self, stage: Stage) -> str:
        """Return the row of a stage."""
        return str(stage.pk) if self.job is not None else str(stage.kind)

    @property
    def have_a_kind_each(self) -> bool:
        """Whether rows are by kind, as what transitions say of other stays is."""
        return self.job is None or len({stage.kind for stage in self.stages}) == len(self.stages)

    @property
    def have_retired(self) -> bool:
        """Whether anybody may have been moved away from a stage that was retired."""
        return any(stage.retired_at is not None for stage in self.stages)

    def named(self, found: Container[str]) -> list[tuple[str, str]]:
        """Return key and name of each row in use, and of the retired ones that were `found`."""
        used = {self.key_of(stage) for stage in self.stages if stage.retired_at is None}
        keys = [key for key in self.by_key if key in used or key in found]
        if self.job is None:
            return [(key, str(StageKind(key).label)) for key in keys]
        names = {str(stage.pk): _stage_name(stage) for stage in self.stages}
        return [(key, names[key]) for key in keys]


def left_stages(jobs: Iterable[Job], job: Job | None, *, counted: Container[int] = ()) -> LeftStages:
    """Return the stages of jobs, of which those of jobs whose ids are `counted` count. One query."""
    stages = list(Stage.objects.filter(job__in=[each.pk for each in jobs]).order_by(*_IN_ORDER))
    return LeftStages(stages, frozenset(stage.pk for stage in stages if stage.job_id in counted), job)


def _stage_name(stage: Stage) -> str:
    return stage.name if stage.retired_at is None else _("%s (retired)") % stage.name
