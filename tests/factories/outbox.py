"""Mail, links and work for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Actor
from outbox import operations
from outbox.enums import Audience, InboundKind, LinkPurpose
from outbox.models import AccessLink, InboundMessage, Message, MessageAttachment, Work
from outbox.registries import MessageKind
from tests.factories.accounts import NOW

_numbers = count(1)

GREETING = MessageKind(
    kind="greeting",
    title="Greeting",
    audience=Audience.CANDIDATE,
    fields={"candidate_name": "who is written to", "contact": "whom to ask"},
    own_fields=frozenset({"contact"}),
    subject="Hello {{ candidate_name }}",
    body="Dear {{ candidate_name }},\n\nplease come in.\n\n{{ link }}\n\nAsk {{contact}}.",
    button="Come in",
    why="You get this because you knocked.",
)


def make_link(**fields: Any) -> AccessLink:
    return operations.create_link(
        purpose=LinkPurpose.TEST,
        person_ref=fields.pop("person_ref", "abcdefghjkmnpqrs"),
        by=Actor.system(),
        now=fields.pop("now", NOW),
        expires_at=fields.pop("expires_at", NOW + timedelta(days=14)),
    )


def make_message(**fields: Any) -> Message:
    """A queued greeting; tests that use it take the fixture `greeting`."""
    number = next(_numbers)
    arguments = {
        "intent": f"greet:{number}",
        "kind": "greeting",
        "audience": Audience.CANDIDATE,
        "to_name": f"Person {number}",
        "to_address": f"person{number}@example.com",
        "context": {"candidate_name": f"Person {number}", "contact": "jobs@example.org"},
        "by": Actor.system(),
        "now": NOW,
    }
    return operations.queue_message(**arguments | fields)


def make_work(kind: str, *, by: Actor | None = None, now: datetime = NOW, **fields: Any) -> Work:
    number = next(_numbers)
    return operations.queue_work(
        kind=kind,
        intent=fields.pop("intent", f"work:{number}"),
        arguments=fields.pop("arguments", {"ids": [1, 2, 3]}),
        by=by or Actor.system(),
        now=now,
        **fields,
    )


def make_attachment(message: Message, *, content: bytes = b"%PDF-", **fields: Any) -> MessageAttachment:
    return MessageAttachment.objects.create(
        message=message,
        file=ContentFile(content, name=f"{next(_numbers)}.pdf"),
        **{"filename": "Offer.pdf", "media_type": "application/pdf", "size": len(content), **fields},
    )


def make_reply(message: Message, **fields: Any) -> InboundMessage:
    return InboundMessage.objects.create(
        answers=message,
        **{
            "kind": InboundKind.REPLY,
            "message_id": f"<{next(_numbers)}@example.com>",
            "person_ref": message.person_ref,
            "about": message.about,
            "about_id": message.about_id,
            "scope": message.scope,
            "from_address": message.to_address,
            "subject": f"Re: {message.subject}",
            "body": "Thank you.",
            "received_at": NOW,
            **fields,
        },
    )
