"""That somebody changed who a person is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from accounts.models import Actor
from candidates.models import Candidate
from outbox.operations import EventDraft, record_events


def record_changed(*, people: Iterable[Candidate], by: Actor, now: datetime) -> None:
    """Write an event for each of these people. One statement."""
    record_events(
        drafts=[
            EventDraft(
                kind="candidate.changed",
                person_ref=person.public_id,
                about=Candidate._meta.label,
                about_id=person.pk,
            )
            for person in people
        ],
        by=by,
        now=now,
    )
