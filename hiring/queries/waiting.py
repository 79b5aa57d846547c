"""Who waits: for a person's word on a result, or too long at a stage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F, QuerySet

from accounts.models import Actor
from hiring.enums import ApplicationStatus, JobStatus, TestOutcome
from hiring.models import (
    Application,
    ApplicationAssessment,
    Job,
)
from hiring.queries.jobs import over_target
from hiring.queries.lists import with_list_columns


def results_waiting(
    actor: Actor, *, job: Job | None = None, outcomes: Sequence[str] = tuple(TestOutcome.needs_person)
) -> QuerySet[ApplicationAssessment]:
    """Return the results that wait for a person: borderline, below the line or void, the application still
    active at the stage where the test was sent, its job not closed; oldest first. Lazy, one query.
    """
    # Whoever sees the application sees its tests. Active ones are few among all results that were ever borderline or
    # below the line, so that the database begins with them.
    active = Application.objects.filter(status=ApplicationStatus.ACTIVE).exclude(job__status=JobStatus.CLOSED)
    if job is not None:
        active = active.filter(job=job)
    links = ApplicationAssessment.objects.filter(
        application__in=active.visible_to(actor).values("pk"),
        outcome__in=list(outcomes),
        application__stage=F("stage"),
    )
    return links.select_related(
        "score", "stage", "application__candidate", "application__job", "invitation__version__assessment"
    ).order_by("applied_at", "pk")


def below_the_line(job: Job, actor: Actor) -> QuerySet[Application]:
    """Return the active applications whose latest word is "below the line", lowest score first, ready for a
    list. Lazy.
    """
    waiting = results_waiting(actor, job=job, outcomes=[TestOutcome.BELOW]).order_by().values("application")
    rows = Application.objects.filter(pk__in=waiting).visible_to(actor)
    return with_list_columns(rows).order_by(F("percent").asc(nulls_last=True), "pk")


def ageing(
    actor: Actor, *, now: datetime, job: Job | None = None, over_target_only: bool = True
) -> QuerySet[Application]:
    """Return active applications of jobs that are not closed, the longest waiting first. Lazy after one query.

    With `over_target_only` those who have been at their stage for longer than its target days.
    """
    rows = Application.objects.filter(status=ApplicationStatus.ACTIVE).exclude(job__status=JobStatus.CLOSED)
    if job is not None:
        rows = rows.filter(job=job)
    if over_target_only:
        rows = rows.filter(over_target(now))
    return (
        rows.visible_to(actor).select_related("candidate", "job", "stage").order_by("stage_entered_at", "pk")
    )
