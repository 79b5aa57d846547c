"""Delivering mail: claim, send outside any transaction, write down how it ended.

At most once. A message that was handed over and not acknowledged, or whose worker died in between, becomes
*unknown* and waits for a person: only they can ask the reader whether it came.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from time import monotonic
from typing import TypedDict, Unpack

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.queries import organisation
from accounts.rules import normalise_email
from outbox.enums import MailTrouble, MessageState
from outbox.models import Message, MessageAttachment
from outbox.operations.messages import record_about
from outbox.operations.sending import Outcome, UndeliverableError, compose, send
from outbox.queries import came_back, not_held
from outbox.registries import is_tried_once
from outbox.rules import MAIL_DELAYS, MAIL_LEASE, SILENT_AFTER, next_delay
from outbox.signals import mail_news

logger = logging.getLogger(__name__)


class _Said(TypedDict, total=False):
    """Why a mail did not go out: words for people, the server's code, what the trouble was."""

    reason: str
    code: int | None
    trouble: MailTrouble | None


_ENDS = {
    Outcome.SENT: MessageState.SENT,
    Outcome.REFUSED: MessageState.FAILED,
    Outcome.UNKNOWN: MessageState.UNKNOWN,
}


def deliver_due(*, now: datetime, limit: int = 50) -> int:
    """Deliver up to `limit` messages that are due, and return how many this call took up.

    Whatever goes wrong with one message is written on it and never comes out of here, so that it holds up no other.
    While mail is held none is taken up; those whose worker fell silent become unknown all the same.
    Side effects: mail goes out; where mail is local, messages become "kept here" instead.
    """
    started = monotonic()
    mark_lost(now=now)
    due = Message.objects.filter(not_held(), state=MessageState.QUEUED, due_at__lte=now).order_by(
        "due_at", "pk"
    )
    taken = 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        # The lease counts from when this message is taken up, not from when the first one was.
        if deliver_one(pk, now=now + timedelta(seconds=monotonic() - started)):
            taken += 1
    return taken


def mark_lost(*, now: datetime) -> int:
    """Make messages unknown whose worker fell silent while sending; return how many.

    A lease that ends later than any that is given now is from before a clock was set back: from now on it lasts as long
    as any other.
    """
    far = now + MAIL_LEASE + SILENT_AFTER
    held = Message.objects.filter(
        Q(lease_until__lt=now) | Q(lease_until__gt=far), state=MessageState.SENDING
    ).order_by("pk")
    reason = _("The worker stopped while sending. It may or may not have gone out.")
    lost = 0
    for message in held[:100]:
        if message.lease_until and message.lease_until > far:
            _mine(message).update(lease_until=now + MAIL_LEASE)
        else:
            lost += _finish(message, MessageState.UNKNOWN, reason=reason, now=now)
    return lost


def deliver_one(pk: int, *, now: datetime) -> bool:
    """Deliver the message `pk` unless another worker has it; return whether this call took it up."""
    started = monotonic()
    lease = now + MAIL_LEASE
    message = _claim(pk, now=now, lease=lease)
    if message is None:
        return False
    try:
        if not _link_opens(message, now=now):
            _finish(
                message, MessageState.CANCELLED, reason=_("The link in it was not open any more."), now=now
            )
            return True
        if _address_is_wrong(message):
            reason = _("An earlier mail to this address came back. Correct the address, or send it anyway.")
            _finish(message, MessageState.FAILED, reason=reason, now=now)
            return True
        sender = organisation()
        mail = compose(message, sender, attachments=_attachments(message))
    except UndeliverableError as error:
        _finish(message, MessageState.FAILED, reason=str(error), now=now)
        return True
    except Exception:
        logger.exception("Message %s could not be prepared.", message.pk)
        _put_off(
            message, reason=_("It could not be prepared. Your administrator finds more in the log."), now=now
        )
        return True
    if sender.mail_is_local:
        _finish(message, MessageState.KEPT_HERE, now=now)
        return True
    reply = send(mail, sender)
    ended = now + timedelta(seconds=monotonic() - started)
    said: _Said = {"reason": reply.words, "code": reply.code, "trouble": reply.trouble}
    if reply.outcome is Outcome.LATER:
        _put_off(message, now=ended, **said)
    else:
        _finish(message, _ENDS[reply.outcome], now=ended, **said)
    return True


def _link_opens(message: Message, *, now: datetime) -> bool:
    link = message.link
    if link is None:
        return True
    # What opens an account goes to the address that it has now, never to an older one.
    moved = link.user is not None and link.user.email != normalise_email(message.to_address)
    return link.is_open(now=now) and not moved


def _address_is_wrong(message: Message) -> bool:
    # Whoever tries the mail server out wants to know what it says now.
    return bool(getattr(message, "came_back", False)) and not is_tried_once(message.kind)


def _claim(pk: int, *, now: datetime, lease: datetime) -> Message | None:
    attached = Exists(MessageAttachment.objects.filter(message=OuterRef("pk")))
    rows = Message.objects.filter(pk=pk).select_related("link__user")
    message = rows.annotate(came_back=came_back(), has_attachments=attached).first()
    if message is None:
        return None
    claimed = Message.objects.filter(
        not_held(), pk=pk, state=MessageState.QUEUED, due_at__lte=now, tries=message.tries
    ).update(state=MessageState.SENDING, lease_until=lease, tries=message.tries + 1)
    if not claimed:
        return None
    message.state, message.lease_until, message.tries = MessageState.SENDING, lease, message.tries + 1
    return message


def _attachments(message: Message) -> list[MessageAttachment]:
    # Most mail has none, and costs no statement more for it.
    return list(message.attachments.order_by("pk")) if message.has_attachments else []  # type: ignore[attr-defined]


def _put_off(message: Message, *, now: datetime, **said: Unpack[_Said]) -> None:
    delay = None if is_tried_once(message.kind) else next_delay(MAIL_DELAYS, message.tries)
    if delay is None:
        _finish(message, MessageState.FAILED, now=now, **said)
        return
    with transaction.atomic():
        if _mine(message).update(
            state=MessageState.QUEUED, lease_until=None, due_at=now + delay, reason=said["reason"][:500]
        ):
            _record("message.put_off", message, now, said)


def _finish(message: Message, state: MessageState, *, now: datetime, **said: Unpack[_Said]) -> bool:
    reason = said.get("reason", "")[:500]
    with transaction.atomic():
        if not _mine(message).update(state=state, lease_until=None, reason=reason, finished_at=now):
            return False
        _record(f"message.{state.value}", message, now, said)
        if state in MessageState.needs_you:
            mail_news.send(sender=Message, kind="mail_failed", message=message, now=now)
    return True


def _mine(message: Message) -> QuerySet[Message]:
    """The row, as long as nobody else has decided about this try."""
    return Message.objects.filter(pk=message.pk, state=MessageState.SENDING, lease_until=message.lease_until)


def _record(kind: str, message: Message, now: datetime, said: _Said) -> None:
    known = {"code": said.get("code"), "trouble": said.get("trouble")}
    data = {"tries": message.tries, **{name: value for name, value in known.items() if value}}
    record_about(message, kind=kind, by=Actor.system(), now=now, data=data)
