"""Reminding those who have not started: a look that may come late, twice or from two schedulers at once."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Actor, Organisation
from accounts.queries import organisation
from assessments import queries
from assessments.models import Assessment, Invitation
from assessments.operations.mailing import (
    CannotInvite,
    address_of,
    mail_draft,
    merge_fields,
    next_reminder_of,
    record,
    terms_of,
)
from assessments.registries import TEST_REMINDER, kept_quiet, mail_scopes
from assessments.rules import MOST_REMINDER_DAYS, MOST_REMINDERS, NotAgain, reminder_once_allowed
from outbox.operations import queue_draft, record_event
from outbox.queries import mail_hold

logger = logging.getLogger(__name__)


def set_reminders(*, assessment: Assessment, days: Sequence[int], by: Actor, now: datetime) -> Assessment:
    """Say how many days before an invitation ends people are reminded, none for never, and return the test.

    Counts for invitations from now on; those that are out follow after their next reminder or when they are extended.
    Raises `ValidationError` keyed "reminder_days".
    """
    wanted = sorted(set(days), reverse=True)
    if len(wanted) > MOST_REMINDERS or any(not 1 <= number <= MOST_REMINDER_DAYS for number in wanted):
        raise ValidationError(
            {"reminder_days": _("At most five reminders, each 1 to 90 days before the invitation ends.")}
        )
    with transaction.atomic():
        changed = Assessment.objects.filter(pk=assessment.pk).exclude(reminder_days=wanted)
        if changed.update(reminder_days=wanted):
            record_event(
                kind="assessment.reminders_set",
                by=by,
                now=now,
                about=Assessment._meta.label_lower,
                about_id=assessment.pk,
                data={"days": wanted},
            )
    assessment.reminder_days = wanted
    return assessment


def send_due_reminders(*, now: datetime, limit: int = 200) -> int:
    """Remind whoever is due, the longest due first, and return how many invitations this call took up.

    Each invitation is taken by compare-and-set on its moment, in a short transaction with its mail; whoever was due
    several times meanwhile is reminded once. Nobody is reminded who started, was withdrawn, erased or is kept quiet by
    an app above, and nothing is written while mail is held. Whom the retake rule keeps from starting is reminded once
    it does not.
    """
    if mail_hold() is not None:
        return 0
    due = list(
        Invitation.objects.filter(remind_at__lte=now)
        .select_related("candidate", "link", "version__assessment")
        .order_by("remind_at", "pk")[:limit]
    )
    if not due:
        return 0
    keys = [invitation.pk for invitation in due]
    home, quiet, scopes = organisation(), kept_quiet(keys), mail_scopes(keys)
    kept = queries.all_kept_from_starting(due, now=now)
    taken = 0
    for invitation in due:
        taken += _take(
            invitation,
            home,
            is_quiet=invitation.pk in quiet,
            kept=kept.get(invitation.pk),
            scope=scopes.get(invitation.pk, ""),
            now=now,
        )
    return taken


def _take(
    invitation: Invitation,
    home: Organisation,
    *,
    is_quiet: bool,
    kept: NotAgain | None = None,
    scope: str = "",
    now: datetime,
) -> bool:
    candidate = invitation.candidate
    is_over = invitation.revoked_at is not None or now >= invitation.expires_at
    is_gone = candidate.erased_at is not None or candidate.merged_into_id is not None
    if is_over or is_gone or queries.latest_attempt(invitation.pk) is not None:
        return _claim(invitation, None, counts=False)
    following = next_reminder_of(invitation, after=now)
    if kept is not None:
        once_allowed = reminder_once_allowed(
            invited_at=invitation.created_at, expires_at=invitation.expires_at, allowed_at=kept.allowed_at
        )
        return _claim(invitation, once_allowed or following, counts=False)
    if is_quiet:
        return _claim(invitation, following, counts=False)
    try:
        with transaction.atomic():
            if not _claim(invitation, following, counts=True):
                return False
            number = invitation.reminders_sent + 1
            terms = terms_of(invitation, home)
            draft = mail_draft(
                invitation,
                address_of(candidate),
                merge_fields(terms, candidate),
                home=home,
                kind=TEST_REMINDER,
                intent=f"invitation:{invitation.pk}:reminder:{number}",
                scope=scope,
            )
            queue_draft(draft=draft, by=Actor.system(), now=now)
            record("invitation.reminded", invitation, by=Actor.system(), now=now, data={"number": number})
    except (CannotInvite, ValidationError):
        # One address that takes no mail must not hold up the reminders of everybody else.
        logger.warning("a reminder cannot be written, invitation %s", invitation.pk)
        return _claim(invitation, None, counts=False)
    return True


def _claim(invitation: Invitation, following: datetime | None, *, counts: bool) -> bool:
    """Move the next reminder on if nobody else did; one that is sent asks once more that the invitation is open."""
    rows = Invitation.objects.filter(
        pk=invitation.pk, remind_at=invitation.remind_at, reminders_sent=invitation.reminders_sent
    )
    if counts:
        rows = rows.filter(revoked_at=None, attempts=None)
    return bool(rows.update(remind_at=following, reminders_sent=F("reminders_sent") + int(counts)))
