"""Mail that is to go out: one message for one intent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.rules import random_code
from outbox.enums import Audience, MessageState
from outbox.models import AccessLink, Message, MessageAttachment, MessageTemplate
from outbox.operations.events import record_event
from outbox.operations.links import reissue_link
from outbox.operations.nudges import MAIL, nudge
from outbox.operations.templates import Words, merge, with_button, words_for, words_of
from outbox.queries import needs_you
from outbox.registries import MessageKind, message_kind
from outbox.rules import Attachment
from outbox.validators import check_address, check_line

_BATCH = 500


class MessageRefused(Exception):  # noqa: N818 -- a refusal, not a fault
    """The message is not in a state in which that can be done; the text says so to a person."""


@dataclass(frozen=True, kw_only=True)
class MessageDraft:
    """A message that is still to be written; `queue_message` says what most of its parts mean.

    `words` are typed for this occasion, and looked up nowhere. `scope` is that of the words that are looked up, and
    stays with the message whatever words it has: by it the app above knows who sees it. What has one `batch` was sent
    together and is taken back together; `attachments` lie in private storage already, and many messages may have the
    same.
    """

    intent: str
    kind: str
    audience: Audience
    to_name: str
    to_address: str
    context: Mapping[str, str]
    link: AccessLink | None = None
    person_ref: str = ""
    about: str = ""
    about_id: int | None = None
    language: str = "en"
    due_at: datetime | None = None
    template: MessageTemplate | None = None
    words: Words | None = None
    scope: str = ""
    reply_to: str = ""
    batch: str = ""
    attachments: Sequence[Attachment] = ()


def queue_message(
    *,
    intent: str,
    kind: str,
    audience: Audience,
    to_name: str,
    to_address: str,
    context: Mapping[str, str],
    link: AccessLink | None = None,
    person_ref: str = "",
    about: str = "",
    about_id: int | None = None,
    language: str = "en",
    by: Actor,
    now: datetime,
    due_at: datetime | None = None,
    template: MessageTemplate | None = None,
    scope: str = "",
    reply_to: str = "",
) -> Message:
    """Write the message for `intent` and return it; the one that exists, unchanged, if it was asked for before.

    Arguments: `intent` names the cause ("invite:12:1"); `kind` is a registered kind, whose merge fields get the
    values of `context`; `link` is the one link of the mail, filled in at delivery; `person_ref` is the public id of
    the candidate it concerns; `about` and `about_id` are the label and the row of the model that shows its state;
    `due_at` holds it back until then; `template` has its words where there are several mails of a kind; `scope` is as
    in `MessageDraft`; `reply_to` is where an answer goes, if not to the organisation.
    Side effects: a worker is asked to look once the transaction commits.
    Raises: `ValidationError` keyed by "to_name", "to_address" or "context"; `LookupError` for an unknown kind.
    """
    draft = MessageDraft(
        intent=intent,
        kind=kind,
        audience=audience,
        to_name=to_name,
        to_address=to_address,
        context=context,
        link=link,
        person_ref=person_ref,
        about=about,
        about_id=about_id,
        language=language,
        due_at=due_at,
        template=template,
        scope=scope,
        reply_to=reply_to,
    )
    return queue_draft(draft=draft, by=by, now=now)


def queue_draft(*, draft: MessageDraft, by: Actor, now: datetime) -> Message:
    """Write the message of a draft and return it. Everything else is as with `queue_message`."""
    existing = Message.objects.filter(intent=draft.intent).first()
    if existing is not None:
        return existing
    built = built_message(draft=draft, by=by, now=now)
    fields = {
        field.attname: getattr(built, field.attname)
        for field in Message._meta.concrete_fields
        if field.attname not in ("id", "intent")
    }
    with transaction.atomic():
        message, created = Message.objects.get_or_create(intent=draft.intent, defaults=fields)
        if created:
            _attach([(message.pk, each) for each in draft.attachments])
            nudge(MAIL)
    return message


def built_message(*, draft: MessageDraft, by: Actor, now: datetime) -> Message:
    """Return what `queue_draft` would write, and write nothing. Raises as it does."""
    return _Builder(by=by, now=now).build(draft)


def _attach(rows: Iterable[tuple[int, Attachment]]) -> None:
    """Let stored files go with messages that are new."""
    MessageAttachment.objects.bulk_create(
        [
            MessageAttachment(
                message_id=pk,
                file=each.file,
                filename=each.filename,
                media_type=each.media_type,
                size=each.size,
            )
            for pk, each in rows
        ],
        batch_size=_BATCH,
    )


@transaction.atomic
def queue_messages(*, drafts: Sequence[MessageDraft], by: Actor, now: datetime) -> int:
    """Write many messages and return how many are new; intents that exist already stay as they are.

    Costs two statements for each 500 and one for each kind, language and scope; one more where files go with them.
    Side effects and errors: as `queue_message`; one bad draft and nothing is written.
    """
    builder = _Builder(by=by, now=now)
    messages = [builder.build(draft) for draft in drafts]
    Message.objects.bulk_create(messages, batch_size=_BATCH, ignore_conflicts=True)
    # The database does not say which rows it ignored; the fresh public ids do.
    codes = [message.public_id for message in messages]
    created: dict[str, int] = {}
    for start in range(0, len(codes), _BATCH):
        fresh = Message.objects.filter(public_id__in=codes[start : start + _BATCH])
        created |= dict(fresh.values_list("public_id", "pk"))
    files = [
        (created[code], each)
        for code, draft in zip(codes, drafts, strict=True)
        if code in created
        for each in draft.attachments
    ]
    if files:
        _attach(files)
    if created:
        nudge(MAIL)
    return len(created)


def resend(*, message: Message, by: Actor, now: datetime) -> Message:
    """Let a failed or unknown message be tried again, with the same link and the same Message-ID, and return it.

    Side effects: a worker is asked to look.
    Raises: `MessageRefused` when it is in another state by now.
    """
    with transaction.atomic():
        changed = Message.objects.filter(needs_you(), pk=message.pk).update(
            state=MessageState.QUEUED, due_at=now, tries=0, reason="", finished_at=None, lease_until=None
        )
        if not changed:
            raise MessageRefused(
                _("This message can not be sent again: it is not failed or unknown any more.")
            )
        record_about(message, kind="message.resent", by=by, now=now)
        nudge(MAIL)
    message.refresh_from_db()
    return message


def send_anyway(*, message: Message, by: Actor, now: datetime) -> Message:
    """Let a message that did not arrive be tried again although mail to its address came back, and return it.

    Somebody says that the address is right: what came back before holds no mail to it up any more.
    Side effects and errors: as `resend`.
    """
    with transaction.atomic():
        earlier = Message.objects.annotate(key=Lower("to_address"))
        earlier.filter(key=Lower(Value(message.to_address)), bounced_at__isnull=False).update(bounced_at=None)
        record_about(message, kind="message.overruled", by=by, now=now)
        return resend(message=message, by=by, now=now)


@transaction.atomic
def write_to_another(*, message: Message, to_address: str, by: Actor, now: datetime) -> Message:
    """Write the words of a message that did not arrive to another address and return the new message.

    Its link, if it has one, is made anew: whoever got the old one by mistake opens nothing with it. The old message
    stays what it is, and waits for nobody any more.
    Side effects: a worker is asked to look.
    Raises: `ValidationError` keyed "to_address"; `MessageRefused` when the message arrived or was seen to, or its link
    is not open any more.
    """
    check_address(to_address, field="to_address")
    settle_message(message=message, by=by, now=now)
    if message.link is not None:
        if not message.link.is_open(now=now):
            raise MessageRefused(_("The link in this message is not open any more. Write a new one."))
        reissue_link(link=message.link, by=by, now=now)
    copy = Message.objects.create(
        intent=f"{message.public_id}:again",
        kind=message.kind,
        audience=message.audience,
        to_name=message.to_name,
        to_address=to_address,
        language=message.language,
        subject=message.subject,
        body=message.body,
        link=message.link,
        link_label=message.link_label,
        person_ref=message.person_ref,
        reply_to=message.reply_to,
        about=message.about,
        about_id=message.about_id,
        scope=message.scope,
        created_by=by.user,
        created_at=now,
        due_at=now,
    )
    # The files are shared: they are of one person, and go with all of it.
    MessageAttachment.objects.bulk_create(
        MessageAttachment(
            message=copy,
            file=each.file.name,
            filename=each.filename,
            media_type=each.media_type,
            size=each.size,
        )
        for each in message.attachments.order_by("pk")
    )
    nudge(MAIL)
    return copy


def settle_message(*, message: Message, by: Actor, now: datetime) -> None:
    """Note that a message that came back or failed was written anew to another address, in the caller's transaction.

    Raises: `MessageRefused` when it arrived, or was seen to.
    """
    did_not_arrive = needs_you() & ~Q(state=MessageState.UNKNOWN)
    if not Message.objects.filter(did_not_arrive, pk=message.pk).update(settled_at=now):
        raise MessageRefused(
            _(
                "This message needs no other address: it did not fail or come back, or somebody has seen to it."
            )
        )
    record_about(message, kind="message.corrected", by=by, now=now)


def record_about(
    message: Message, *, kind: str, by: Actor, now: datetime, data: Mapping[str, Any] | None = None
) -> None:
    """Write down that something happened to `message`, in the caller's transaction."""
    record_event(
        kind=kind,
        by=by,
        now=now,
        person_ref=message.person_ref,
        about="outbox.message",
        about_id=message.pk,
        data=data,
    )


class _Builder:
    """Turns drafts into rows; looks up the words of each kind and language once."""

    def __init__(self, *, by: Actor, now: datetime) -> None:
        self.by, self.now = by, now
        self._words: dict[tuple[str, str, str], tuple[MessageKind, Words]] = {}

    def build(self, draft: MessageDraft) -> Message:
        check_line(draft.to_name, field="to_name")
        check_address(draft.to_address, field="to_address")
        if draft.reply_to:
            check_address(draft.reply_to, field="reply_to")
        if draft.words is not None:
            kind, words = message_kind(draft.kind), draft.words
        elif draft.template is not None:
            kind, words = message_kind(draft.kind), words_of(draft.template)
        else:
            kind, words = self._look_up(draft.kind, draft.language, draft.scope)
        words = with_button(words, kind=kind, language=draft.language)
        merged = merge(words, kind=kind, context=draft.context)
        return Message(
            public_id=random_code(),
            intent=draft.intent,
            kind=draft.kind,
            audience=Audience(draft.audience),
            to_name=draft.to_name,
            to_address=draft.to_address,
            language=draft.language,
            subject=merged.subject,
            body=merged.body,
            link=draft.link,
            link_label=merged.button,
            person_ref=draft.person_ref,
            reply_to=draft.reply_to,
            batch=draft.batch,
            about=draft.about.lower(),
            about_id=draft.about_id,
            scope=draft.scope,
            created_by=self.by.user,
            created_at=self.now,
            due_at=draft.due_at or self.now,
        )

    def _look_up(self, kind: str, language: str, scope: str) -> tuple[MessageKind, Words]:
        key = (kind, language, scope)
        if key not in self._words:
            known = message_kind(kind)
            self._words[key] = known, words_for(kind=known, language=language, scope=scope)
        return self._words[key]
