"""What becomes of invitations when something is decided: how many nobody has started, how many tests run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from assessments.enums import InvitationState
from assessments.models import Invitation
from assessments.queries import with_state
from hiring.models import Application, ApplicationAssessment, Job

_CHUNK = 500
# Can still be started, and was not.
UNSTARTED = (InvitationState.WAITING, InvitationState.INVITED)


@dataclass(frozen=True, slots=True)
class InvitationsFate:
    """How many invitations can be withdrawn, and how many tests go on whatever is decided."""

    unstarted: int = 0
    running: int = 0

    @property
    def any(self) -> bool:
        """Whether there is something to say."""
        return bool(self.unstarted or self.running)


def invitations_fate(application_ids: Sequence[int], *, now: datetime) -> InvitationsFate:
    """Return what would become of the invitations of these applications. One query for each 500."""
    counts: Counter[str] = Counter()
    for start in range(0, len(application_ids), _CHUNK):
        ties = ApplicationAssessment.objects.filter(application__in=application_ids[start : start + _CHUNK])
        counts += _states(ties, now)
    return _fate(counts)


def invitations_fate_of_job(job: Job, *, now: datetime) -> InvitationsFate:
    """Return what would become of all invitations of a job. One query."""
    return _fate(_states(ApplicationAssessment.objects.filter(application__job=job), now))


def with_unstarted_invitations(job: Job, *, now: datetime) -> list[int]:
    """Return the applications of a job that have an invitation nobody started, by id. One query."""
    ties = ApplicationAssessment.objects.filter(application__job=job)
    rows: QuerySet[Any] = with_state(Invitation.objects.filter(pk__in=ties.values("invitation")), now)
    open_ones = rows.filter(state_now__in=UNSTARTED).order_by()
    applications = Application.objects.filter(
        job=job, pk__in=ties.filter(invitation__in=open_ones.values("pk")).values("application")
    )
    return list(applications.order_by("pk").values_list("pk", flat=True))


def _states(ties: QuerySet[ApplicationAssessment], now: datetime) -> Counter[str]:
    rows: QuerySet[Any] = with_state(Invitation.objects.filter(pk__in=ties.values("invitation")), now)
    counted = rows.order_by().values("state_now").annotate(count=Count("pk"))
    return Counter({row["state_now"]: row["count"] for row in counted})


def _fate(counts: Counter[str]) -> InvitationsFate:
    return InvitationsFate(
        unstarted=sum(counts[state] for state in UNSTARTED), running=counts[InvitationState.STARTED]
    )
