"""Who interviews whom. An interviewer sees of somebody what the interview takes, on a page of their own, and no more:
no list, search, export or number shows them anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from accounts.enums import ActorKind
from accounts.models import Actor, User
from accounts.registries import unveiled
from hiring.enums import ApplicationStatus, InterviewState
from hiring.models import Application, Interview, Interviewer, JobMember


def interviewed(actor: Actor) -> QuerySet[Application]:
    """Return the applications of those whom the actor interviews, as long as they are live. Lazy, unordered.

    Programs interview nobody.
    """
    if not _interviews(actor):
        return Application.objects.none()
    mine = Interviewer.objects.filter(user=actor.user)
    return Application.objects.filter(
        pk__in=mine.values("interview__application"),
        status__in=ApplicationStatus.live,
        candidate__erased_at=None,
    )


def _interviews(actor: Actor) -> bool:
    return actor.kind is ActorKind.USER and actor.user is not None and actor.user.is_active


def my_interviews(actor: Actor) -> QuerySet[Interview]:
    """Return the interviews that the actor holds or held, those that are still to come first, with person, job and
    stage. Lazy.
    """
    if not _interviews(actor):
        return Interview.objects.none()
    mine = Interviewer.objects.filter(user=actor.user)
    # What `interviewed` says, of the application that the interview is joined to anyway.
    return (
        Interview.objects.filter(
            pk__in=mine.values("interview"),
            application__status__in=ApplicationStatus.live,
            application__candidate__erased_at=None,
        )
        .exclude(state=InterviewState.CANCELLED)
        .select_related("application__candidate", "application__job", "application__stage")
        .order_by("state", "created_at", "pk")
    )


@dataclass(frozen=True, slots=True)
class InterviewLine:
    """An interview of an application, with who holds it."""

    interview: Interview

    @property
    def state(self) -> InterviewState:
        """For the pill."""
        return InterviewState(self.interview.state)

    @property
    def interviewers(self) -> list[User]:
        return [row.user for row in self.interview.interviewers.all()]


def interviews_of(application: Application, actor: Actor) -> Sequence[InterviewLine]:
    """Return the interviews of an application, which the actor sees, in the order they were asked for. Two queries."""
    holders = Interviewer.objects.select_related("user").order_by("user__full_name", "pk")
    rows = (
        unveiled(Interview.objects.filter(application=application), actor)
        .prefetch_related(Prefetch("interviewers", queryset=holders))
        .order_by("created_at", "pk")
    )
    return [InterviewLine(row) for row in rows]


def possible_interviewers(application: Application) -> list[User]:
    """Return the colleagues who can interview, those of the job first. Two queries."""
    of_job = set(JobMember.objects.filter(job=application.job_id).values_list("user_id", flat=True))
    colleagues = User.objects.filter(is_active=True, is_staff=True).order_by("full_name", "pk")
    return sorted(colleagues, key=lambda user: user.pk not in of_job)
