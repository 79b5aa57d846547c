"""The organisation: one row, and its logo."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Actor, Logo, Organisation
from accounts.operations.access import require_administrator
from accounts.operations.telling import tell
from accounts.queries import forget_organisation
from accounts.rules import has_unwanted_characters
from accounts.validators import clean_sender, clean_site_address, clean_time_zone, unreadable


@transaction.atomic
def set_organisation(*, by: Actor, now: datetime, **fields: object) -> Organisation:
    """Change the one row of the organisation and return it; what is not named stays as it is.

    Raises `PermissionDenied` unless an administrator or the system asks, `ValidationError` keyed by field.
    """
    require_administrator(by)
    before = Organisation.objects.filter(pk=1).first()
    organisation = before or Organisation(pk=1)
    for field, value in fields.items():
        setattr(organisation, field, value)
    if has_unwanted_characters(organisation.name):
        raise ValidationError({"name": unreadable()})
    organisation.time_zone = clean_time_zone(organisation.time_zone) or "UTC"
    organisation.site_address = clean_site_address(organisation.site_address)
    organisation.sender = clean_sender(organisation.sender)
    organisation.full_clean(validate_constraints=False, validate_unique=False)
    # Two forms change this row: neither writes back what it read of the other's.
    organisation.save(update_fields=sorted(fields) if before else None)
    transaction.on_commit(forget_organisation, robust=True)
    tell("accounts.organisation_changed", organisation, by=by, now=now, data={"fields": sorted(fields)})
    return organisation


@transaction.atomic
def set_logo(*, content: bytes, media_type: str, digest: str, by: Actor, now: datetime) -> Organisation:
    """Show this picture on candidates' pages and in mail from now on, in place of an earlier one.

    It has to be one that `rendering.pictures` made. Raises `PermissionDenied` unless an administrator or the system
    asks.
    """
    organisation = set_organisation(by=by, now=now, logo_digest=digest)
    Logo.objects.update_or_create(
        organisation=organisation,
        defaults={"content": content, "media_type": media_type, "digest": digest},
    )
    return organisation


@transaction.atomic
def remove_logo(*, by: Actor, now: datetime) -> None:
    """Forget the logo. Doing it twice changes nothing more.

    Raises `PermissionDenied` unless an administrator or the system asks.
    """
    require_administrator(by)
    if Logo.objects.filter(organisation_id=1).delete()[0]:
        set_organisation(by=by, now=now, logo_digest="")


@transaction.atomic
def set_step_aside(*, code: str, aside: bool, by: Actor, now: datetime) -> None:
    """Remember for everybody that a step of the first day is not needed, or that it is after all.

    Raises `PermissionDenied` unless an administrator or the system asks.
    """
    require_administrator(by)
    organisation = Organisation.objects.filter(pk=1).first() or Organisation(pk=1)
    steps = set(organisation.set_aside)
    wanted = steps | {code} if aside else steps - {code}
    if wanted != steps:
        set_organisation(by=by, now=now, set_aside=sorted(wanted))
