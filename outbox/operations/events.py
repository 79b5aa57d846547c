"""The history: append-only, written in the transaction of what it tells of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from accounts.models import Actor
from outbox.models import Event
from shell.rows import write_rows

# Of so many, building objects costs more than all the rest of writing them.
_MANY: Final = 100


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
    event = Event(
        kind=kind,
        at=now,
        person_ref=person_ref,
        about=about.lower(),
        about_id=about_id,
        data=dict(data or {}),
        **by.record(),
    )
    event.save()
    return event


def record_events(*, drafts: Iterable[EventDraft], by: Actor, now: datetime) -> int:
    """Write down many events at one moment, in the transaction of what they tell of; return how many.

    One statement, whatever the number.
    """
    actor = by.record()
    names = ("kind", "at", "person_ref", "about", "about_id", "data", *actor)
    rows = [
        (
            *(draft.kind, now, draft.person_ref, draft.about.lower(), draft.about_id, dict(draft.data)),
            *actor.values(),
        )
        for draft in drafts
    ]
    if len(rows) >= _MANY:
        write_rows(Event, names, rows)
    else:
        Event.objects.bulk_create([Event(**dict(zip(names, row, strict=True))) for row in rows])
    return len(rows)
