"""Why applications are rejected, in the organisation's words."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Actor
from accounts.rules import random_code
from hiring.models import RejectionReason
from hiring.operations.access import require_recruiter
from outbox.operations import record_event
from rendering.characters import clean_line

# What an organisation starts with; it changes them as it likes.
FIRST_REASONS = {
    "skills": gettext_noop("Skills do not match"),
    "test-result": gettext_noop("Test result"),
    "experience": gettext_noop("Not enough experience"),
    "other-candidate": gettext_noop("Somebody else fits better"),
    "terms": gettext_noop("Terms do not match"),
    "no-answer": gettext_noop("No answer"),
}


def ensure_reasons() -> None:
    """Make sure that there is something to choose from. Changes nothing where reasons exist."""
    if not RejectionReason.objects.exists():
        RejectionReason.objects.bulk_create(
            [RejectionReason(code=code, name=_(name)) for code, name in FIRST_REASONS.items()],
            ignore_conflicts=True,
        )


@transaction.atomic
def save_rejection_reason(
    *, reason: RejectionReason | None, name: str, is_active: bool = True, by: Actor, now: datetime
) -> RejectionReason:
    """Save the words of a reason and return it; None as `reason` makes a new one. Old rejections keep theirs.

    Raises: `PermissionDenied` unless a recruiter or administrator asks; `ValidationError` keyed "name".
    """
    require_recruiter(by)
    cleaned = clean_line(name)
    row = reason or RejectionReason(code=f"{slugify(cleaned)[:50] or 'reason'}-{random_code()[:4]}")
    others = RejectionReason.objects.filter(name__iexact=cleaned, is_active=True).exclude(pk=row.pk)
    if is_active and others.exists():
        raise ValidationError({"name": _("There is a reason called “%s” already.") % cleaned})
    row.name, row.is_active = cleaned, is_active
    row.full_clean()
    row.save()
    record_event(
        kind="rejection_reason.saved",
        by=by,
        now=now,
        about="hiring.rejectionreason",
        about_id=row.pk,
        data={"code": row.code, "active": is_active},
    )
    return row
