"""Whom nobody reminds of a test: those whose application does not go on now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from assessments.registries import register_quiet
from hiring.enums import ApplicationStatus, JobStatus
from hiring.models import ApplicationAssessment


def not_to_remind(invitation_ids: Sequence[int]) -> Iterable[int]:
    """Return the invitations among these whose application is on hold or over, or whose job is closed. One query."""
    ties = ApplicationAssessment.objects.filter(invitation__in=invitation_ids)
    stands = Q(application__status=ApplicationStatus.ACTIVE) & ~Q(application__job__status=JobStatus.CLOSED)
    return ties.exclude(stands).values_list("invitation_id", flat=True)


def register() -> None:
    """Register it with assessments. Called once, by the app's `ready`."""
    register_quiet("hiring", not_to_remind)
