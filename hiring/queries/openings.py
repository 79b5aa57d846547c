"""Reads of the places that a job has to fill."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import Actor
from hiring.models import Job, Opening


def free_openings(job_id: int) -> QuerySet[Opening]:
    """Return the openings of a job for which somebody can be hired, the lowest number first. Lazy."""
    return Opening.objects.filter(job=job_id, filled_by=None, closed_at=None).order_by("number")


def openings_of(job: Job, actor: Actor) -> QuerySet[Opening]:
    """Return every opening of a job that the actor sees, by number, with who fills it. Lazy, one query."""
    return (
        Opening.objects.filter(job=job)
        .visible_to(actor)
        .select_related("filled_by__candidate")
        .order_by("number")
    )
