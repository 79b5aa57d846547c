"""Mail that is taken back before it goes out, and mail that waits again after it was."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Actor
from outbox.enums import MessageState
from outbox.models import Message
from outbox.operations.events import EventDraft, record_events
from outbox.operations.messages import MessageRefused, record_about
from outbox.operations.nudges import MAIL, nudge

_BATCH = 500


def cancel_message(*, message: Message, by: Actor, now: datetime, reason: str = "") -> Message:
    """Take back a message that no worker has begun to send, and return it.

    Raises: `MessageRefused` when it is too late.
    """
    with transaction.atomic():
        changed = Message.objects.filter(pk=message.pk, state=MessageState.QUEUED).update(
            state=MessageState.CANCELLED, reason=reason[:500], finished_at=now
        )
        if not changed:
            raise MessageRefused(_("This message can not be cancelled: it is not waiting any more."))
        record_about(message, kind="message.cancelled", by=by, now=now)
    message.refresh_from_db()
    return message


def cancel_messages(
    *, about: str, about_id: int, kind: str, by: Actor, now: datetime, reason: str = ""
) -> int:
    """Take back every message of a kind about a row that no worker has begun to send, and return how many.

    Whatever is being sent, or is out, stays as it is. One statement where nothing waits.
    """
    waiting = Message.objects.filter(
        about=about.lower(), about_id=about_id, kind=kind, state=MessageState.QUEUED
    )
    cancelled = 0
    for message in waiting.order_by("pk"):
        try:
            cancel_message(message=message, by=by, now=now, reason=reason)
        except MessageRefused:
            continue
        cancelled += 1
    return cancelled


def cancel_batch(*, batch: str, by: Actor, now: datetime) -> int:
    """Take back whatever of a batch no worker has begun to send, and return how many messages that are."""
    return cancel_all(Message.objects.filter(batch=batch), by=by, now=now) if batch else 0


def cancel_all(messages: QuerySet[Message], *, by: Actor, now: datetime) -> int:
    """Take back those of `messages` that wait, and return how many that are.

    They are cancelled in steps; what a worker took up in between stays as it is. Each gets its line in the history.
    """
    waiting = messages.filter(state=MessageState.QUEUED)
    keys = list(waiting.order_by("pk").values_list("pk", flat=True))
    cancelled = 0
    for start in range(0, len(keys), _BATCH):
        part = keys[start : start + _BATCH]
        with transaction.atomic():
            # The database does not say which rows it changed; the moment does.
            waiting.filter(pk__in=part).update(state=MessageState.CANCELLED, finished_at=now)
            ours = Message.objects.filter(pk__in=part, state=MessageState.CANCELLED, finished_at=now)
            cancelled += record_events(
                drafts=[
                    EventDraft(
                        kind="message.cancelled", person_ref=person, about="outbox.message", about_id=pk
                    )
                    for pk, person in ours.values_list("pk", "person_ref")
                ],
                by=by,
                now=now,
            )
    return cancelled


def uncancel_messages(
    *, about: str, about_id: int, kind: str, cancelled_at: datetime, by: Actor, now: datetime
) -> int:
    """Let messages wait again that `cancel_messages` took back at a moment, and return how many. Each keeps its time.

    Side effects: a worker is asked to look once the transaction commits.
    """
    taken_back = Message.objects.filter(
        about=about.lower(),
        about_id=about_id,
        kind=kind,
        state=MessageState.CANCELLED,
        finished_at=cancelled_at,
    )
    waiting = 0
    for message in taken_back.order_by("pk"):
        changed = taken_back.filter(pk=message.pk).update(
            state=MessageState.QUEUED, reason="", finished_at=None
        )
        if changed:
            record_about(message, kind="message.uncancelled", by=by, now=now)
            nudge(MAIL)
        waiting += changed
    return waiting


def put_off(messages: QuerySet[Message], *, until: datetime) -> int:
    """Let those of `messages` that wait go out no earlier than `until`, and return how many that are. One statement."""
    return messages.filter(state=MessageState.QUEUED, due_at__lt=until).update(due_at=until)
