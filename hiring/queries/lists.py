"""Reads of applications: one of them, and the people of a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery

from accounts.models import Actor
from candidates.models import Candidate, Tag
from candidates.queries import main_address_of
from candidates.queries.words import found_by
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
from hiring.registries import REJECTION
from outbox.enums import MessageState
from outbox.models import Message
from rendering.characters import clean_line

# Everybody who is still in it, whatever their status; people who were invited to no test.
LIVE: Final = "live"
NOT_INVITED: Final = "none"

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


def cancelled_rejection_mail(application: Application, *, at: datetime) -> bool:
    """Whether a mail about a rejection of the application was taken back at this very moment. One query."""
    mails = Message.objects.filter(about="hiring.application", about_id=application.pk, kind=REJECTION)
    return mails.filter(state=MessageState.CANCELLED, finished_at=at).exists()


def rejection_reasons() -> QuerySet[RejectionReason]:
    """Return the reasons in use, by name. Lazy."""
    return RejectionReason.objects.filter(is_active=True).order_by("name", "pk")


def with_list_columns(queryset: QuerySet[Application]) -> QuerySet[Application]:
    """Load what a list of applications shows: candidate, job, stage and, as annotations, their main `email`, and of
    their latest test `outcome`, `percent`, `why_stayed` and `test_invited_at`. Lazy; one query in all.
    """
    tests = ApplicationAssessment.objects.filter(application=OuterRef("pk")).order_by("-pk")
    return queryset.select_related("candidate", "job", "stage").annotate(
        email=main_address_of("candidate"),
        outcome=Subquery(tests.values("outcome")[:1]),
        percent=Subquery(tests.values("score__percent")[:1]),
        why_stayed=Subquery(tests.values("why_stayed")[:1]),
        test_invited_at=Subquery(tests.values("invitation__created_at")[:1]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFilter:
    """Which applications of a list are wanted.

    `search` is found as `candidates.queries.words.found_by` says; `status` is one of `ApplicationStatus` or `LIVE`;
    `outcome` one of `TestOutcome`, of the latest test, or `NOT_INVITED`; `over_target_at` keeps those who have waited
    longer than their stage's target at that moment.
    """

    job: Job | None = None
    search: str = ""
    stage: Stage | None = None
    status: str = ""
    outcome: str = ""
    source: str = ""
    tag: Tag | None = None
    is_flagged: bool = False
    over_target_at: datetime | None = None


def narrowed(rows: QuerySet[Application], wanted: PeopleFilter, actor: Actor) -> QuerySet[Application]:
    """Return those of `rows`, which `actor` sees, that are wanted, without columns and order. Lazy; one query for the
    targets if asked.
    """
    if wanted.job is not None:
        rows = rows.filter(job=wanted.job)
    if wanted.stage is not None:
        rows = rows.filter(stage=wanted.stage)
    if wanted.status:
        statuses = ApplicationStatus.live if wanted.status == LIVE else (wanted.status,)
        rows = rows.filter(status__in=statuses)
    if wanted.source:
        rows = rows.filter(source=wanted.source)
    if wanted.is_flagged:
        rows = rows.filter(is_flagged=True)
    if wanted.tag is not None:
        tagged = Candidate.tags.through.objects.filter(tag=wanted.tag)
        rows = rows.filter(candidate__in=tagged.values("candidate"))
    if wanted.over_target_at is not None:
        rows = rows.filter(over_target(wanted.over_target_at))
    if clean_line(wanted.search):
        rows = rows.filter(found_by("candidate", wanted.search, actor, walked=True))
    return with_outcome(rows, wanted.outcome)


def with_outcome(rows: QuerySet[Application], outcome: str) -> QuerySet[Application]:
    """Return those of `rows` whose latest test had this outcome, or that were invited to none. Lazy."""
    tests = ApplicationAssessment.objects.all()
    if outcome == NOT_INVITED:
        return rows.filter(~Exists(tests.filter(application=OuterRef("pk"))))
    if outcome:
        later = tests.filter(application=OuterRef("application"), pk__gt=OuterRef("pk"))
        return rows.filter(pk__in=tests.filter(~Exists(later), outcome=outcome).values("application"))
    return rows


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
    """Return the applications the actor sees, narrowed as `PeopleFilter` says and sorted, with the columns of
    `with_list_columns`. Lazy.

    `sort` is a key of `PEOPLE_SORTS`.
    """
    wanted = PeopleFilter(
        job=job,
        search=search,
        stage=stage,
        status=status,
        outcome=outcome,
        source=source,
        over_target_at=over_target_at,
    )
    rows = narrowed(Application.objects.all().visible_to(actor), wanted, actor)
    return with_list_columns(rows).order_by(*PEOPLE_SORTS[sort])


def tags_of(rows: QuerySet[Application]) -> list[tuple[str, int]]:
    """Return the tags of the people of `rows` and how many of them have each, by word. One query."""
    people = Candidate.objects.filter(pk__in=rows.values("candidate"))
    counts = Tag.objects.filter(candidates__in=people).annotate(count=Count("candidates"))
    return list(counts.order_by("name", "pk").values_list("name", "count"))


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
