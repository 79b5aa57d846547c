"""Reads of applications: one of them, and the people of a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Actor
from candidates.models import CandidateEmail
from hiring.enums import ApplicationStatus
from hiring.models import (
    Application,
    ApplicationAssessment,
    ApplicationTransition,
    Job,
    RejectionReason,
    Stage,
)
from hiring.queries.access import counted
from hiring.queries.jobs import over_target
from rendering.characters import clean_line

# What lists of people may be sorted by; anything else is refused by the pages' forms.
PEOPLE_SORTS: Final = {
    "waiting": ("stage_entered_at", "pk"),
    "newest": ("-applied_at", "-pk"),
    "oldest": ("applied_at", "pk"),
    "name": ("candidate__full_name", "pk"),
    "stage": ("stage__position", "stage_entered_at", "pk"),
    "score": (F("percent").desc(nulls_last=True), "pk"),
}


def last_transition(application: Application) -> ApplicationTransition | None:
    """Return the newest move of an application with who made it. One query."""
    return (
        ApplicationTransition.objects.filter(application=application)
        .select_related("by")
        .order_by("-number", "-pk")
        .first()
    )


def transitions_of(application: Application) -> QuerySet[ApplicationTransition]:
    """Return every move of an application, newest first, with stages, reason and who made it. Lazy."""
    return (
        ApplicationTransition.objects.filter(application=application)
        .select_related("from_stage", "to_stage", "reason", "by")
        .order_by("-number", "-pk")
    )


def live_application(*, candidate_id: int, job_id: int) -> Application | None:
    """Return the one live application of a person for a job, or None. One query."""
    return (
        Application.objects.filter(candidate=candidate_id, job=job_id, status__in=ApplicationStatus.live)
        .select_related("candidate", "job", "stage")
        .first()
    )


def rejection_reasons() -> QuerySet[RejectionReason]:
    """Return the reasons in use, by name. Lazy."""
    return RejectionReason.objects.filter(is_active=True).order_by("name", "pk")


def with_list_columns(queryset: QuerySet[Application]) -> QuerySet[Application]:
    """Load what a list of applications shows: candidate, job, stage and, as annotations, their main `email`, and of
    their latest test `outcome`, `percent`, `why_stayed` and `test_invited_at`. Lazy; one query in all.
    """
    emails = CandidateEmail.objects.filter(candidate=OuterRef("candidate")).order_by("-is_primary", "pk")
    tests = ApplicationAssessment.objects.filter(application=OuterRef("pk")).order_by("-pk")
    return queryset.select_related("candidate", "job", "stage").annotate(
        email=Subquery(emails.values("address")[:1]),
        outcome=Subquery(tests.values("outcome")[:1]),
        percent=Subquery(tests.values("score__percent")[:1]),
        why_stayed=Subquery(tests.values("why_stayed")[:1]),
        test_invited_at=Subquery(tests.values("invitation__created_at")[:1]),
    )


def applications(
    actor: Actor,
    *,
    job: Job | None = None,
    search: str = "",
    stage: Stage | None = None,
    status: str = "",
    outcome: str = "",
    source: str = "",
    over_target_at: datetime | None = None,
    sort: str = "newest",
) -> QuerySet[Application]:
    """Return the applications the actor sees, filtered and sorted, with the columns of `with_list_columns`. Lazy.

    Arguments: `search` is found in names, addresses and phone numbers; `outcome` is one of `TestOutcome`, of the latest
    test; `over_target_at` keeps those who have waited longer than their stage's target at that moment (one more query);
    `sort` is a key of `PEOPLE_SORTS`.
    """
    rows: QuerySet[Any] = Application.objects.all().visible_to(actor)
    if job is not None:
        rows = rows.filter(job=job)
    if stage is not None:
        rows = rows.filter(stage=stage)
    if status:
        rows = rows.filter(status=status)
    if source:
        rows = rows.filter(source=source)
    if over_target_at is not None:
        rows = rows.filter(over_target(over_target_at))
    rows = with_list_columns(_searched(rows, search))
    if outcome:
        rows = rows.filter(Q(outcome=outcome))
    return rows.order_by(*PEOPLE_SORTS[sort])


def _searched(rows: QuerySet[Application], search: str) -> QuerySet[Application]:
    for word in clean_line(search)[:200].split()[:8]:
        addresses = CandidateEmail.objects.filter(normalised__contains=word.casefold())
        rows = rows.filter(
            Q(candidate__full_name__icontains=word)
            | Q(candidate__phone__icontains=word)
            | Q(candidate__in=addresses.values("candidate"))
        )
    return rows


def people_of_job(
    job: Job,
    actor: Actor,
    *,
    search: str = "",
    stage: Stage | None = None,
    status: str = ApplicationStatus.ACTIVE,
    outcome: str = "",
    sort: str = "stage",
) -> QuerySet[Application]:
    """Return the people of a job as `applications` does; the active ones by stage unless something else is
    asked. Lazy.
    """
    return applications(actor, job=job, search=search, stage=stage, status=status, outcome=outcome, sort=sort)


def counted_applications(actor: Actor, *, job: Job | None = None) -> QuerySet[Application]:
    """Return the applications that count in the actor's numbers, of one job if said. Lazy; for numbers only."""
    rows = counted(actor)
    return rows if job is None else rows.filter(job=job)
