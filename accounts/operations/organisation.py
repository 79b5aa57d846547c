"""The organisation: one row."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Actor, Organisation
from accounts.operations.access import require_administrator
from accounts.operations.telling import tell
from accounts.rules import has_unwanted_characters
from accounts.validators import clean_time_zone, unreadable


@transaction.atomic
def set_organisation(*, by: Actor, now: datetime, **fields: object) -> Organisation:
    """Change the one row of the organisation and return it.

    Raises `PermissionDenied` unless an administrator or the system asks, `ValidationError` keyed by field.
    """
    require_administrator(by)
    organisation = Organisation.objects.filter(pk=1).first() or Organisation(pk=1)
    for field, value in fields.items():
        setattr(organisation, field, value)
    if has_unwanted_characters(organisation.name):
        raise ValidationError({"name": unreadable()})
    organisation.time_zone = clean_time_zone(organisation.time_zone) or "UTC"
    organisation.full_clean(validate_constraints=False, validate_unique=False)
    organisation.save()
    tell("accounts.organisation_changed", organisation, by=by, now=now, data={"fields": sorted(fields)})
    return organisation
