"""Reads of what people narrow lists down to."""

from __future__ import annotations

from accounts.models import Actor
from hiring.enums import ListName
from hiring.models import Job, SavedFilter


def saved_filters(job: Job, actor: Actor) -> list[SavedFilter]:
    """Return the filters of a job's people that the actor kept, and those that others share, by name. One query."""
    rows = SavedFilter.objects.filter(list=ListName.PEOPLE, job=job).visible_to(actor)
    return list(rows.select_related("owner").order_by("name", "pk"))
