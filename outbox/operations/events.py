"""The history: append-only, written in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import Actor
from outbox.models import Event


@dataclass(frozen=True, kw_only=True)
class EventDraft:
    """An event that is still to be written; see `record_event` for what its parts mean."""

    kind: str
    person_ref: str = ""
    about: str = ""
    about_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


def record_event(
    *,
    kind: str,
    by: Actor,
    now: datetime,
    person_ref: str = "",
    about: str = "",
    about_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> Event:
    """Write down that something happened and return it.

    `kind` is "thing.verb" ("attempt.started"). `about` is the label of a model ("assessments.attempt") and
    `about_id` its row, `person_ref` the public id of the candidate it concerns. `data` holds ids, codes and numbers,
    never a name, an address or a free text: nothing blanks an event later.
    """
    draft = EventDraft(kind=kind, person_ref=person_ref, about=about, about_id=about_id, data=data or {})
    event = _event(draft, by, now)
    event.save()
    return event


def record_events(*, drafts: Iterable[EventDraft], by: Actor, now: datetime) -> int:
    """Write down many events at one moment; return how many. A handful of statements, whatever the number."""
    return len(Event.objects.bulk_create([_event(draft, by, now) for draft in drafts], batch_size=500))


def _event(draft: EventDraft, by: Actor, now: datetime) -> Event:
    return Event(
        kind=draft.kind,
        at=now,
        person_ref=draft.person_ref,
        about=draft.about.lower(),
        about_id=draft.about_id,
        data=dict(draft.data),
        **by.record(),
    )
