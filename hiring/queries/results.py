"""Results of a job: the list of `assessments.queries.result_tables` with where each application stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Actor
from assessments.models import Invitation
from assessments.queries.neighbours import OpenedList
from assessments.queries.result_files import Cell
from assessments.queries.result_lists import Order
from assessments.queries.result_tables import (
    EXPIRES,
    EXTRA_TIME,
    FINISHED,
    INTEGRITY,
    INVITED,
    PERSON,
    RANK,
    SCORE,
    SECTIONS,
    SKILLS,
    STARTED,
    STATE,
    TEST,
    TIME,
    VERSION,
    ResultKind,
    ResultTable,
    result_table,
)
from hiring.enums import ApplicationStatus
from hiring.models import Application, Job, Stage
from hiring.queries.access import sees_people_of
from shell.columns import Column

STAGE: Final = Column("stage", gettext_lazy("Stage"), first="ascending")

# How an address names the list of a job.
OF_JOB: Final = "job"

_APPLICATION = "application_link__application__"

RESULTS_OF_JOB: Final = ResultKind(
    name="job-results",
    columns=(
        *(RANK, PERSON, STATE, SCORE, SKILLS, SECTIONS, TIME, INTEGRITY, EXTRA_TIME),
        *(TEST, VERSION, INVITED, EXPIRES, STARTED, FINISHED, STAGE),
    ),
    more={
        "application": f"{_APPLICATION}public_id",
        "stage": f"{_APPLICATION}stage__name",
        "status": f"{_APPLICATION}status",
    },
    cells={
        "stage": [
            Cell(gettext_lazy("Stage"), lambda row: row.more["stage"]),
            Cell(gettext_lazy("Status"), lambda row: str(ApplicationStatus(row.more["status"]).label)),
        ],
    },
)


def results_of_job(job: Job, *, actor: Actor, parameters: QueryDict, now: datetime) -> ResultTable:
    """Return the list of the tests of a job's applications that the actor sees, as `parameters` ask for it.

    Besides what every list of results knows, `stage` keeps those who stand at one stage.
    """
    # Whoever sees an application sees its tests. Of one job: the database would begin with everybody's.
    seen = Application.objects.filter(job=job).visible_to(actor)
    stage = chosen_stage(parameters)
    if stage is not None:
        seen = seen.filter(stage=stage)
    invitations = Invitation.objects.filter(application_link__application__in=seen.values("pk"))
    kind = replace(RESULTS_OF_JOB, sorts={STAGE.key: _by_stage(job)})
    return result_table(kind, invitations, actor=actor, parameters=parameters, now=now)


def _by_stage(job: Job) -> Order:
    """By the place of the stage. Looked up apart: its table would be one more than PostgreSQL puts in order."""

    @cache
    def places() -> Mapping[int, int]:
        return dict(Stage.objects.filter(job=job).values_list("pk", "position"))

    return Order([f"{_APPLICATION}stage"], lambda stage: places()[stage])


def chosen_stage(parameters: QueryDict) -> int | None:
    """Return the stage that an address names, None without one."""
    words = parameters.get("stage", "")
    return int(words) if words.isascii() and words.isdigit() and len(words) < 19 else None


def open_results_of_job(slug: str, actor: Actor, parameters: QueryDict, now: datetime) -> OpenedList | None:
    """Return the results of a job whose people the actor sees, as `parameters` ask for them."""
    job = Job.objects.filter(slug=slug).visible_to(actor).first()
    if job is None or not sees_people_of(actor, job):
        return None
    table = results_of_job(job, actor=actor, parameters=parameters, now=now)
    return OpenedList(job.title, reverse("hiring:results", args=[slug]), table, _stage_words(job, parameters))


def _stage_words(job: Job, parameters: QueryDict) -> list[str]:
    stage = chosen_stage(parameters)
    if stage is None:
        return []
    name = Stage.objects.filter(pk=stage, job=job).values_list("name", flat=True).first()
    return [_("Stage: %s") % (name or "?")]
