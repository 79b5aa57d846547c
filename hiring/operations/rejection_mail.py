"""Taking back the mail that tells of a rejection, as long as it waits."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import ApplicationStatus, Capability
from hiring.models import Application
from hiring.operations.access import require_may
from hiring.queries.access import may
from hiring.registries import LETTER, REJECTION
from outbox.models import Message
from outbox.operations import cancel_message, cancel_messages, uncancel_messages


def cancel_rejection_mail(*, application: Application, by: Actor, now: datetime) -> int:
    """Take back the rejection mail of an application that is rejected no more, in the transaction that changes it."""
    is_own = application.status == ApplicationStatus.WITHDRAWN
    return cancel_messages(
        about=Application._meta.label,
        about_id=application.pk,
        kind=REJECTION,
        by=by,
        now=now,
        reason=_("The application was withdrawn.") if is_own else _("The application was restored."),
    )


def uncancel_rejection_mail(
    *, application: Application, cancelled_at: datetime, by: Actor, now: datetime
) -> int:
    """Let the rejection mail wait again that was taken back by a restoring which is undone."""
    return uncancel_messages(
        about=Application._meta.label,
        about_id=application.pk,
        kind=REJECTION,
        cancelled_at=cancelled_at,
        by=by,
        now=now,
    )


def cancel_waiting_mail(*, application: Application, message: Message, by: Actor, now: datetime) -> Message:
    """Take back a mail about an application that waits, and return it. Letters are for whoever may write them, too.

    Raises `PermissionDenied`, and `MessageRefused` when it waits no more.
    """
    is_letter = message.kind == LETTER and may(by, Capability.MAIL, application.job)
    if not is_letter:
        require_may(by, Capability.DECIDE, application.job)
    return cancel_message(message=message, by=by, now=now)
