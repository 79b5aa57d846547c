"""Mail that comes to us: answers to ours, and word that one came back. Nothing here ever answers a mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce

from accounts.models import Actor
from outbox.enums import InboundKind, MessageState
from outbox.formats.inbound import DeliveryReport, ReadMail, read_mail
from outbox.models import InboundMessage, Message
from outbox.operations.messages import record_about
from outbox.rules import BOUNCES, REPLIES, without_tokens
from outbox.signals import mail_news

# To one message; more is a machine, or somebody who fills the disk.
MOST_ANSWERS = 50
# A server that took a mail and gave it back had it from us, whatever we were told of it ourselves.
_MAY_COME_BACK = (MessageState.SENDING, MessageState.SENT, MessageState.UNKNOWN)


def receive_mail(
    *, public_id: str, raw: bytes, envelope_sender: str, now: datetime, purpose: str = REPLIES
) -> InboundMessage | None:
    """Write down a mail that came to the address of the message `public_id`, and return its row; None where there is no
    such message, its person was erased, or it was answered very often.

    `purpose` is what the address was for: a machine's words that a mail could not be delivered are taken for that only
    at the one for mail that comes back, which its readers do not see.

    The same mail a second time changes nothing. Word that a mail came back for good makes the message `BOUNCED`, and
    nothing more goes to its address (`delivery`); one that was only given up makes it failed; one that is delayed is
    written down and no more. What a machine sent is marked as that; nobody is answered.
    Side effects: `mail_news` is sent in the transaction.
    """
    read = read_mail(raw, envelope_sender=envelope_sender)
    report = read.report or (read.notice if purpose == BOUNCES else None)
    with transaction.atomic():
        # The row is written before it is read: an erasing of its person waits for us, or was first.
        present = Message.objects.filter(public_id=public_id).exclude(to_address="")
        if not present.update(person_ref=F("person_ref")):
            return None
        message = present.get()
        # Word that it came back is taken after answers, and is bounded as well: anybody can write it.
        if message.replies.count() >= MOST_ANSWERS * (1 if report is None else 2):
            return None
        kind = _kind(read, report)
        received, is_new = InboundMessage.objects.get_or_create(
            message_id=read.digest,
            defaults={
                "kind": kind,
                "answers": message,
                "person_ref": message.person_ref,
                "about": message.about,
                "about_id": message.about_id,
                "scope": message.scope,
                "from_name": read.from_name,
                "from_address": read.from_address,
                "subject": read.subject,
                "body": without_tokens(read.text),
                "code": report.code if report else "",
                "attachments": 0 if report else read.attachments,
                "received_at": now,
            },
        )
        if is_new:
            _act(message, kind, report, now=now)
    return received


def _kind(read: ReadMail, report: DeliveryReport | None) -> InboundKind:
    if report is not None:
        return InboundKind.BOUNCE if report.action == "failed" else InboundKind.AUTOMATIC
    if not read.is_readable:
        return InboundKind.OTHER
    return InboundKind.AUTOMATIC if read.is_automatic else InboundKind.REPLY


def _act(message: Message, kind: InboundKind, report: DeliveryReport | None, *, now: datetime) -> None:
    by = Actor.system()
    if kind is InboundKind.REPLY:
        record_about(message, kind="message.answered", by=by, now=now)
        mail_news.send(sender=Message, kind="reply", message=message, now=now)
    elif report is None:
        return
    elif kind is InboundKind.BOUNCE:
        _come_back(message, report, now=now)
    elif report.action == "delayed":
        record_about(message, kind="message.delayed", by=by, now=now, data={"code": report.code})


def _come_back(message: Message, report: DeliveryReport, *, now: datetime) -> None:
    # What names no code at all came back all the same.
    is_final = report.code[:1] in ("5", "")
    state = MessageState.BOUNCED if is_final else MessageState.FAILED
    changed = Message.objects.filter(pk=message.pk, state__in=_MAY_COME_BACK).update(
        state=state,
        bounced_at=now if is_final else None,
        # Most servers name the code in their words as well.
        reason=(report.words if report.code in report.words else f"{report.code} {report.words}".strip())[
            :500
        ],
        lease_until=None,
        finished_at=Coalesce(F("finished_at"), Value(now)),
    )
    if changed:
        data = {"code": report.code}
        record_about(message, kind=f"message.{state.value}", by=Actor.system(), now=now, data=data)
        mail_news.send(
            sender=Message, kind="bounced" if is_final else "mail_failed", message=message, now=now
        )


def read_answers(*, answer_ids: Sequence[int], by: Actor, now: datetime) -> int:
    """Note that answers are seen to, for every colleague, and return how many were not yet. Whoever calls checked the
    rights.
    """
    unread = InboundMessage.objects.filter(pk__in=answer_ids, kind=InboundKind.REPLY, read_at=None)
    return unread.update(read_at=now, read_by=by.user)


def unread_answers(*, answer_ids: Sequence[int]) -> int:
    """Let answers wait again that were seen to, for every colleague, and return how many did not.

    What is left of answers of people who were erased is nothing to read. Whoever calls checked the rights.
    """
    read = InboundMessage.objects.filter(pk__in=answer_ids, kind=InboundKind.REPLY).exclude(read_at=None)
    return read.exclude(from_address="").update(read_at=None, read_by=None)
