"""Reads of applications: one of them, the people of a job, and who waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Window
from django.db.models.functions import RowNumber

from accounts.models import Actor
from assessments.enums import InvitationState
from assessments.models import Invitation
from assessments.queries import with_state
from assessments.registries import ACCOMMODATION_ANSWER
from candidates.models import CandidateEmail
from hiring.enums import ApplicationStatus, JobStatus, TestOutcome
from hiring.models import (
    Application,
    ApplicationAssessment,
    ApplicationTransition,
    Job,
    RejectionReason,
    Stage,
)
from hiring.queries.access import counted
from hiring.queries.jobs import current_stages, over_target
from outbox.models import Message
from outbox.queries import message_state_for
from rendering.characters import clean_line

__all__ = [
    "PEOPLE_SORTS",
    "ApplicationTest",
    "BoardColumn",
    "ageing",
    "application_tests",
    "applications",
    "below_the_line",
    "counted_applications",
    "job_board",
    "last_transition",
    "latest_results",
    "live_application",
    "people_of_job",
    "rejection_reasons",
    "results_waiting",
    "transitions_of",
    "with_list_columns",
]

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
    tests = ApplicationAssessment.objects.filter(application=OuterRef("pk")).order_by("-invitation_id", "-pk")
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


# --- Tests of applications -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ApplicationTest:
    """A test of an application: the link, the invitation's state now and the newest mail about it."""

    link: ApplicationAssessment
    state: InvitationState
    message: Message | None


def application_tests(queryset: QuerySet[ApplicationAssessment], *, now: datetime) -> list[ApplicationTest]:
    """Return the tests of `queryset` (already what the actor may see), newest first. Three queries.

    `link.invitation` comes with `state_now`, test and version, `link.score` with the numbers.
    """
    invitations = with_state(Invitation.objects.select_related("version__assessment", "candidate"), now)
    links = list(
        queryset.select_related("score", "stage", "application__candidate")
        .prefetch_related(Prefetch("invitation", queryset=invitations))
        .order_by("-invitation_id", "-pk")
    )
    # Not everybody who sees the test may know that somebody asked for more time.
    messages = message_state_for(
        "assessments.invitation", [link.invitation_id for link in links], but=ACCOMMODATION_ANSWER
    )
    return [
        ApplicationTest(
            link,
            InvitationState(link.invitation.state_now),  # type: ignore[attr-defined]
            messages.get(link.invitation_id),
        )
        for link in links
    ]


def latest_results(actor: Actor, *, job: Job | None = None) -> QuerySet[ApplicationAssessment]:
    """Return the tests with a score that the actor sees, the newest score first. Lazy, one query."""
    links = ApplicationAssessment.objects.filter(score__isnull=False).visible_to(actor)
    if job is not None:
        links = links.filter(application__job=job)
    return links.select_related(
        "score", "stage", "application__candidate", "application__job", "invitation__version__assessment"
    ).order_by("-score__created_at", "-pk")


def results_waiting(
    actor: Actor, *, job: Job | None = None, outcomes: Sequence[str] = tuple(TestOutcome.needs_person)
) -> QuerySet[ApplicationAssessment]:
    """Return the results that wait for a person: borderline, below the line or void, the application still
    active at the stage where the test was sent, its job not closed; oldest first. Lazy, one query.
    """
    links = ApplicationAssessment.objects.filter(
        outcome__in=list(outcomes),
        application__status=ApplicationStatus.ACTIVE,
        application__stage=F("stage"),
    ).exclude(application__job__status=JobStatus.CLOSED)
    if job is not None:
        links = links.filter(application__job=job)
    return (
        links.visible_to(actor)
        .select_related(
            "score", "stage", "application__candidate", "application__job", "invitation__version__assessment"
        )
        .order_by("applied_at", "pk")
    )


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


def counted_applications(actor: Actor, *, job: Job | None = None) -> QuerySet[Application]:
    """Return the applications that count in the actor's numbers, of one job if said. Lazy; for numbers only."""
    rows = counted(actor)
    return rows if job is None else rows.filter(job=job)
