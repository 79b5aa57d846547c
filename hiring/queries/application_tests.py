"""Reads of the tests of applications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from accounts.models import Actor
from assessments.enums import InvitationState
from assessments.models import Invitation
from assessments.queries import with_state
from assessments.registries import ACCOMMODATION_ANSWER
from hiring.models import (
    ApplicationAssessment,
    Job,
)
from outbox.models import Message
from outbox.queries import message_state_for


@dataclass(frozen=True, slots=True)
class ApplicationTest:
    """A test of an application: the link, its invitation with the state now and the newest mail about it."""

    link: ApplicationAssessment
    invitation: Invitation
    state: InvitationState
    message: Message | None


def application_tests(queryset: QuerySet[ApplicationAssessment], *, now: datetime) -> list[ApplicationTest]:
    """Return the tests of `queryset` (already what the actor may see), newest first. Three queries, and two more where
    results are used again.

    `invitation` comes with `state_now`, test and version, `link.score` with the numbers.
    """
    invitations = with_state(Invitation.objects.select_related("version__assessment", "candidate"), now)
    links = list(
        queryset.select_related("score", "stage", "application__candidate")
        .prefetch_related(
            Prefetch("invitation", queryset=invitations),
            Prefetch("reused_attempt__invitation", queryset=invitations),
        )
        .order_by("-pk")
    )
    # Not everybody who sees the test may know that somebody asked for more time.
    messages = message_state_for(
        "assessments.invitation", [link.sat_by.pk for link in links], but=ACCOMMODATION_ANSWER
    )
    return [
        ApplicationTest(
            link,
            link.sat_by,
            InvitationState(link.sat_by.state_now),  # type: ignore[attr-defined]
            messages.get(link.sat_by.pk),
        )
        for link in links
    ]


def latest_results(actor: Actor, *, count: int, job: Job | None = None) -> tuple[ApplicationAssessment, ...]:
    """Return the tests with a score that the actor sees, the newest score first, at most `count`. Two queries."""
    links = ApplicationAssessment.objects.filter(score__isnull=False).visible_to(actor)
    if job is not None:
        links = links.filter(application__job=job)
    # Which they are comes first: with all that is shown of them the database would join every test there is.
    newest = list(links.order_by("-score__created_at", "-pk").values_list("pk", flat=True)[:count])
    rows = ApplicationAssessment.objects.filter(pk__in=newest).select_related(
        "score",
        "stage",
        "application__candidate",
        "application__job",
        "invitation__version__assessment",
        "reused_attempt__invitation__version__assessment",
    )
    return tuple(sorted(rows, key=lambda row: newest.index(row.pk)))
