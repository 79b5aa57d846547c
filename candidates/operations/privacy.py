"""What a person may ask for: a copy of everything, and to be forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Role
from accounts.models import Actor
from candidates import queries
from candidates.models import Candidate, CandidateEmail
from candidates.registries import person_parts
from outbox.operations import record_event


class EraseRefused(Exception):  # noqa: N818 -- nothing broke, the answer is no
    """A person cannot be erased like this; the text says what to do."""


@transaction.atomic
def export_person(*, candidate: Candidate, by: Actor, now: datetime) -> dict[str, Any]:
    """Return everything about a person as plain data, by the part that keeps it.

    What came from rows merged into theirs is in it. Raises `PermissionDenied` unless an administrator asks.
    Side effects: an event says that it was asked for.
    """
    _only_administrators(by)
    everyone = queries.family(candidate)
    record_event(
        kind="candidate.exported",
        by=by,
        now=now,
        person_ref=candidate.public_id,
        about=Candidate._meta.label,
        about_id=candidate.pk,
    )
    return {part.name: [part.export(person) for person in everyone] for part in person_parts()}


@transaction.atomic
def erase_person(*, candidate: Candidate, by: Actor, now: datetime) -> None:
    """Forget who a person was: no table, file, message or history names them afterwards; counts stay.

    Rows that were merged into theirs are erased too. Doing it twice changes nothing more. Raises `PermissionDenied`
    unless an administrator asks, `EraseRefused` for a row that was merged into another person: erase that one.
    Side effects: an event without a name; links are revoked, waiting mail is cancelled.
    """
    _only_administrators(by)
    candidate = Candidate.objects.select_for_update().get(pk=candidate.pk)
    if candidate.merged_into_id is not None:
        raise EraseRefused(_("This person was merged into another. Erase the person who was kept."))
    if candidate.erased_at is not None:
        return
    everyone = queries.family(candidate)
    addresses = CandidateEmail.objects.filter(candidate__in=everyone).order_by("pk")
    names = frozenset(
        {person.full_name for person in everyone}
        | {email.address for email in addresses}
        | {email.normalised for email in addresses}
    )
    for person in everyone:
        # Highest room first: it may have to read what a lower one blanks.
        for part in reversed(person_parts()):
            part.redact(person, now, names)
        record_event(
            kind="candidate.erased",
            by=by,
            now=now,
            person_ref=person.public_id,
            about=Candidate._meta.label,
            about_id=person.pk,
        )


def _only_administrators(by: Actor) -> None:
    if by.api_key is not None or not by.has_role(Role.ADMINISTRATOR):
        raise PermissionDenied
