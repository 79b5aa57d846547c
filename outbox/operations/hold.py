"""Holding all mail back, so that a restored installation writes to nobody a second time, and letting it go."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.enums import Role
from accounts.models import Actor
from outbox.enums import MessageState, SignName
from outbox.models import Message
from outbox.operations.cancelling import cancel_all
from outbox.operations.events import record_event
from outbox.operations.nudges import MAIL, nudge
from outbox.operations.signs import give_sign, take_back_sign


@transaction.atomic
def hold_mail(*, by: Actor, now: datetime, cut_at: datetime | None = None) -> None:
    """Let no message go out until somebody releases them, and put that into the history.

    `cut_at` is the moment of the backup that this installation was restored from: what was written before may have
    gone out since. Raises `PermissionDenied` unless an administrator or the system asks.
    """
    _only_administrators(by)
    data = {"cut_at": cut_at.isoformat()} if cut_at else {}
    give_sign(name=SignName.MAIL_HOLD, now=now, data=data)
    record_event(kind="mail.held", by=by, now=now, data=data)


@transaction.atomic
def release_mail(*, by: Actor, now: datetime) -> bool:
    """Let mail go out again and put that into the history; return whether it was held.

    Side effects: a worker is asked to look. Raises `PermissionDenied` unless an administrator or the system asks.
    """
    _only_administrators(by)
    if not take_back_sign(name=SignName.MAIL_HOLD):
        return False
    waiting = Message.objects.filter(state=MessageState.QUEUED).count()
    record_event(kind="mail.released", by=by, now=now, data={"waiting": waiting})
    nudge(MAIL)
    return True


def cancel_waiting(*, written_before: datetime, by: Actor, now: datetime) -> int:
    """Cancel every waiting message that was written before a moment and return how many.

    They are cancelled in steps; what a worker took up in between stays as it is. Each gets its line in the history.
    Raises `PermissionDenied` unless an administrator or the system asks.
    """
    _only_administrators(by)
    return cancel_all(Message.objects.filter(created_at__lt=written_before), by=by, now=now)


def _only_administrators(by: Actor) -> None:
    if not by.has_role(Role.ADMINISTRATOR):
        raise PermissionDenied
