"""When things happened, by the events that were written of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from outbox.models import Event


def moments_of(kind: str, *, about: str, ids: Iterable[int]) -> dict[int, datetime]:
    """Return when an event of `kind` was last written about each of `ids`, rows of the model `about`. One query."""
    events = Event.objects.filter(kind=kind, about=about, about_id__in=list(ids)).order_by("at", "pk")
    return {pk: at for pk, at in events.values_list("about_id", "at") if pk is not None}
