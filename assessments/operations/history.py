"""The history of attempts: what starting, ending and correcting them have in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.models import Attempt, Invitation
from outbox.operations import EventDraft, record_event, record_events


class AttemptClosed(Exception):  # noqa: N818 -- a refusal, not a fault
    """The attempt is not in the state that this needs."""

    def __init__(self) -> None:
        super().__init__(_("This attempt is over. Nothing was changed."))


def candidate_actor(invitation: Invitation) -> Actor:
    """Return whom the history names for what a candidate did. The candidate must be loaded."""
    return Actor.of_link(link_id=invitation.link_id, person_ref=invitation.candidate.public_id)


def record_attempt(
    kind: str,
    attempt: Attempt,
    invitation: Invitation,
    *,
    by: Actor,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Write an event about an attempt in the caller's transaction."""
    record_event(
        kind=kind,
        by=by,
        now=now,
        person_ref=invitation.candidate.public_id,
        about=Attempt._meta.label_lower,
        about_id=attempt.pk,
        data=data,
    )


def record_attempts(
    kind: str,
    attempts: Sequence[Attempt],
    *,
    by: Actor,
    now: datetime,
    data: dict[str, Any] | None = None,
) -> None:
    """Write an event about each of many attempts, whose invitations and candidates must be loaded."""
    drafts = [
        EventDraft(
            kind=kind,
            person_ref=attempt.invitation.candidate.public_id,
            about=Attempt._meta.label_lower,
            about_id=attempt.pk,
            data=data or {},
        )
        for attempt in attempts
    ]
    record_events(drafts=drafts, by=by, now=now)
