"""What people asked for before the start: for their own page, and for those who answer."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Actor
from assessments.enums import AccommodationState
from assessments.models import AccommodationRequest, Attempt
from assessments.queries.compiled import CompiledRead


def latest_accommodation(invitation_id: int) -> AccommodationRequest | None:
    """Return what the person of an invitation asked for last. One query."""
    return _LATEST.first(invitation_id)


def accommodation_rows(actor: Actor) -> QuerySet[AccommodationRequest]:
    """Return the requests that the actor may answer, with person and test loaded, the oldest first. Lazy."""
    seen = AccommodationRequest.objects.all().visible_to(actor)
    return seen.select_related(
        "invitation__candidate", "invitation__version__assessment", "answered_by"
    ).order_by("asked_at", "pk")


def waiting_accommodations(actor: Actor) -> QuerySet[AccommodationRequest]:
    """Return the requests that wait for the actor's answer: the test was neither started nor withdrawn. Lazy."""
    return accommodation_rows(actor).filter(
        ~Exists(Attempt.objects.filter(invitation=OuterRef("invitation"))),
        state=AccommodationState.OPEN,
        invitation__revoked_at=None,
    )


def _asked_by(invitation_id: int) -> QuerySet[AccommodationRequest]:
    return AccommodationRequest.objects.filter(invitation=invitation_id).order_by("-asked_at", "-pk")


_LATEST = CompiledRead(_asked_by, int)
