"""Reads of the places that a job has to fill."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

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


def openings_shown(job: Job, actor: Actor, *, done: int) -> QuerySet[Any]:
    """Return the free openings of a job and the last `done` of the others, by number, each with how many there are in
    all (`every`) and how many are filled (`filled`). Lazy, one query.
    """
    is_free = Q(filled_by=None, closed_at=None)
    ranked = openings_of(job, actor).annotate(
        is_free=is_free,
        every=Window(Count("pk")),
        filled=Window(Count("filled_by")),
        place=Window(RowNumber(), partition_by=[F("is_free")], order_by=["-number"]),
    )
    return ranked.filter(Q(is_free=True) | Q(place__lte=done))
