"""The link to the page that says where an application stands: one of each, made when it is first mailed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Case, Value, When

from accounts.models import Actor
from hiring.models import Application
from outbox.enums import LinkPurpose
from outbox.models import AccessLink
from outbox.operations import create_links


@transaction.atomic
def status_links(applications: Sequence[Application], *, now: datetime) -> dict[int, AccessLink]:
    """Return the link of each application by its id; those that have none get one. A few statements however many."""
    fresh = [application for application in applications if application.status_link_id is None]
    made = create_links(
        purpose=LinkPurpose.STATUS,
        person_refs=[application.candidate.public_id for application in fresh],
        by=Actor.system(),
        now=now,
        expires_at=None,
    )
    if fresh:
        own = [
            When(pk=application.pk, then=Value(link.pk))
            for application, link in zip(fresh, made, strict=True)
        ]
        Application.objects.filter(pk__in=[application.pk for application in fresh], status_link=None).update(
            status_link=Case(*own)
        )
    # Read again: somebody else may have written to the same people at this moment, and theirs is the link.
    keys = [application.pk for application in applications]
    found = Application.objects.filter(pk__in=keys).select_related("status_link").only("pk", "status_link")
    links = {row.pk: row.status_link for row in found if row.status_link is not None}
    unused = {link.pk for link in made} - {link.pk for link in links.values()}
    if unused:
        AccessLink.objects.filter(pk__in=unused).delete()
    return links
