"""What outbox holds of one person. The door for people is `candidates.operations`; it calls these."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Actor
from outbox.enums import MessageState, WorkState
from outbox.models import AccessLink, InboundMessage, Message, MessageAttachment, Notification, Work
from outbox.operations.exports import MADE_FILE
from outbox.operations.work import delete_file
from outbox.registries import kind_title
from outbox.rules import LINK_MARK, with_confidential

logger = logging.getLogger(__name__)

ERASED = "[erased]"


@dataclass(frozen=True)
class PersonEntry:
    """One line of a person's timeline; `url` leads to more."""

    at: datetime
    kind: str
    text: str
    url: str


def export_person(*, person_ref: str) -> dict[str, Any]:
    """Return the mail, both ways, and the links of the candidate `person_ref` as plain data. Four queries.

    Tokens are left out: the export may be mailed on. What is confidential is in it: it is for the person.
    """
    messages = Message.objects.filter(person_ref=person_ref).order_by("created_at", "pk")
    received = InboundMessage.objects.filter(person_ref=person_ref).order_by("received_at", "pk")
    links = AccessLink.objects.filter(person_ref=person_ref).order_by("created_at", "pk")
    return {
        "messages": [
            {
                "kind": message.kind,
                "to_name": message.to_name,
                "to_address": message.to_address,
                "subject": message.subject,
                "text": with_confidential(message.body).replace(LINK_MARK, ""),
                "created_at": message.created_at.isoformat(),
                "state": message.state,
                "finished_at": message.finished_at.isoformat() if message.finished_at else None,
                "attachments": [attachment.filename for attachment in message.attachments.all()],
            }
            for message in messages.prefetch_related("attachments")
        ],
        "received": [
            {
                "kind": message.kind,
                "from_name": message.from_name,
                "from_address": message.from_address,
                "subject": message.subject,
                "text": message.body,
                "received_at": message.received_at.isoformat(),
            }
            for message in received
        ],
        "links": [
            {
                "purpose": link.purpose,
                "created_at": link.created_at.isoformat(),
                "expires_at": link.expires_at.isoformat() if link.expires_at else None,
                "revoked_at": link.revoked_at.isoformat() if link.revoked_at else None,
            }
            for link in links
        ],
    }


def person_timeline(*, person_ref: str, actor: Actor) -> list[PersonEntry]:
    """Return the mail about the candidate `person_ref` that `actor` may see, first what we wrote, then what came. Two
    queries.
    """
    seen = Message.objects.visible_to(actor).filter(person_ref=person_ref)
    messages = seen.defer("body").order_by("created_at", "pk")
    received = InboundMessage.objects.visible_to(actor).filter(person_ref=person_ref).exclude(answers=None)
    came = received.select_related("answers").defer("body", "answers__body").order_by("received_at", "pk")
    sent = [
        PersonEntry(
            at=message.created_at,
            kind="outbox.message",
            text=_("Mail “%(title)s”: %(state)s")
            % {"title": kind_title(message.kind), "state": message.get_state_display()},
            url=reverse("outbox:message", args=[message.public_id]),
        )
        for message in messages
    ]
    return sent + [
        PersonEntry(
            at=reply.received_at,
            kind="outbox.inboundmessage",
            text=_("Mail received: %(kind)s") % {"kind": reply.get_kind_display()},
            url=reverse("outbox:message", args=[reply.answers.public_id]),
        )
        for reply in came
        if reply.answers is not None
    ]


@transaction.atomic
def move_person(
    *, from_ref: str, to_ref: str, only: Mapping[str, Sequence[int]] | None = None
) -> dict[str, list[int]]:
    """Let mail, links and notifications about the candidate `from_ref` be those of `to_ref`; return the ids that
    moved, by model.

    With `only` (what an earlier call returned) just those rows move, which undoes it. The history is append-only and
    stays with whom it happened to.
    """
    moved: dict[str, list[int]] = {}
    for model in (Message, InboundMessage, AccessLink, Notification):
        label = model._meta.label
        rows = model._default_manager.filter(person_ref=from_ref)
        if only is not None:
            rows = rows.filter(pk__in=only.get(label, []))
        moved[label] = list(rows.order_by("pk").values_list("pk", flat=True))
        rows.filter(pk__in=moved[label]).update(person_ref=to_ref)
    # What came after rows were moved goes with the message that it answers.
    answers = InboundMessage.objects.filter(person_ref=from_ref, answers__person_ref=to_ref)
    answers.update(person_ref=to_ref)
    return moved


@transaction.atomic
def redact_person(*, person_ref: str, now: datetime, names: Sequence[str] = ()) -> dict[str, int]:
    """Blank what names the candidate `person_ref` and return how many rows of each model changed.

    Messages, sent and received, lose name, address, subject, text and the server's words, waiting ones are cancelled;
    links are revoked; in arguments and results of work every text that holds the reference, an address written to or
    one of `names` (every name and address that the caller knows) becomes "[erased]".
    Side effects: once the transaction commits, files that went with the mail are deleted, and files of all finished
    work, uploaded or made; those that are being made are begun again: which people stand in a file is not known here.
    """
    messages = Message.objects.filter(person_ref=person_ref)
    needles = {person_ref, *names, *messages.values_list("to_address", flat=True)}
    messages.filter(state=MessageState.QUEUED).update(state=MessageState.CANCELLED, finished_at=now)
    changed = messages.update(
        to_name="", to_address="", subject="", body="", link_label="", reply_to="", reason=""
    )
    received = InboundMessage.objects.filter(person_ref=person_ref).update(
        from_name="", from_address="", subject="", body=""
    )
    # There is nothing left to read.
    InboundMessage.objects.filter(person_ref=person_ref, read_at=None).update(read_at=now)
    MessageAttachment.objects.filter(message__in=messages).update(filename="")
    links = AccessLink.objects.filter(person_ref=person_ref, revoked_at=None).update(revoked_at=now)
    work = _redact_work({needle.casefold() for needle in needles if needle})
    transaction.on_commit(lambda: _delete_files(now))
    return {
        "outbox.Message": changed,
        "outbox.InboundMessage": received,
        "outbox.AccessLink": links,
        "outbox.Work": work,
    }


def _redact_work(needles: set[str]) -> int:
    # JSON is stored with escapes on one database and without on the other, so the rows are looked at here.
    changed = 0
    for work in Work.objects.order_by("pk").iterator(chunk_size=200):
        texts = json.dumps([work.arguments, work.result, work.reason], ensure_ascii=False).casefold()
        if not any(needle in texts for needle in needles):
            continue
        changed += Work.objects.filter(pk=work.pk).update(
            arguments=_without(work.arguments, needles),
            result=_without(work.result, needles),
            reason=_without(work.reason, needles),
        )
    return changed


def _without(value: Any, needles: set[str]) -> Any:
    if isinstance(value, str):
        return ERASED if any(needle in value.casefold() for needle in needles) else value
    if isinstance(value, list):
        return [_without(item, needles) for item in value]
    if isinstance(value, dict):
        return {_without(key, needles): _without(item, needles) for key, item in value.items()}
    return value


def _delete_files(now: datetime) -> None:
    # Whoever makes a file has read who stands in it before; without the work they keep nothing of it.
    making = Work.objects.filter(state=WorkState.RUNNING, arguments__has_key=MADE_FILE)
    making.update(state=WorkState.QUEUED, lease_until=None, due_at=now)
    ended = (
        Work.objects.filter(state__in=[WorkState.DONE, WorkState.FAILED]).exclude(file="").exclude(file=None)
    )
    for work in ended.order_by("pk"):
        delete_file(work=work)
    # Nameless are those of people who were erased; one that could not be deleted is tried again the next time.
    for attachment in MessageAttachment.objects.filter(filename="").order_by("pk"):
        _delete_attachment(attachment)


def _delete_attachment(attachment: MessageAttachment) -> None:
    # What was sent to many lies there once, and stays as long as somebody else has it.
    others = MessageAttachment.objects.filter(file=attachment.file.name).exclude(filename="")
    try:
        if not others.exists():
            attachment.file.delete(save=False)
    except OSError:
        logger.exception("The file of attachment %s could not be deleted.", attachment.pk)
        return
    attachment.delete()
