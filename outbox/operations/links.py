"""Links that candidates hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import Actor
from accounts.rules import random_code
from outbox.enums import LinkPurpose
from outbox.models import AccessLink
from outbox.operations.events import record_event


def create_link(
    *, purpose: LinkPurpose, person_ref: str, by: Actor, now: datetime, expires_at: datetime | None
) -> AccessLink:
    """Create a link for the candidate `person_ref` and return it. Its token is `outbox.rules.link_token(link)`."""
    return create_links(purpose=purpose, person_refs=[person_ref], by=by, now=now, expires_at=expires_at)[0]


def create_links(
    *, purpose: LinkPurpose, person_refs: Sequence[str], by: Actor, now: datetime, expires_at: datetime | None
) -> list[AccessLink]:
    """Create a link for each of `person_refs` and return them in that order. The caller records why."""
    links = [
        AccessLink(
            purpose=LinkPurpose(purpose),
            public_id=random_code(),
            person_ref=person_ref,
            created_at=now,
            expires_at=expires_at,
        )
        for person_ref in person_refs
    ]
    return AccessLink.objects.bulk_create(links, batch_size=500)


@transaction.atomic
def revoke_link(*, link: AccessLink, by: Actor, now: datetime) -> AccessLink:
    """Make `link` open nothing from now on, and return it. Doing it twice keeps the first moment."""
    if AccessLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=now):
        _record("link.revoked", link, by, now)
    link.refresh_from_db()
    return link


@transaction.atomic
def reissue_link(*, link: AccessLink, by: Actor, now: datetime) -> AccessLink:
    """Give `link` a new token and return it; the old token opens nothing any more. A revoked link opens again."""
    AccessLink.objects.filter(pk=link.pk).update(generation=F("generation") + 1, revoked_at=None)
    link.refresh_from_db()
    _record("link.reissued", link, by, now)
    return link


@transaction.atomic
def extend_link(*, link: AccessLink, expires_at: datetime | None, by: Actor, now: datetime) -> AccessLink:
    """Let `link` open until `expires_at` (None: for ever) and return it. The token stays the same."""
    AccessLink.objects.filter(pk=link.pk).update(expires_at=expires_at)
    link.refresh_from_db()
    _record("link.extended", link, by, now)
    return link


def _record(kind: str, link: AccessLink, by: Actor, now: datetime) -> None:
    record_event(
        kind=kind,
        by=by,
        now=now,
        person_ref=link.person_ref,
        about="outbox.accesslink",
        about_id=link.pk,
        data={"purpose": link.purpose, "generation": link.generation},
    )
