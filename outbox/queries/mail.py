"""Messages: their states, their history, what waits, what holds them back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.enums import ActorKind, Role
from accounts.models import Actor
from accounts.registries import may_see_field
from outbox.enums import MailTrouble, MessageState, SignName
from outbox.models import Event, InboundMessage, Message, Sign
from outbox.registries import OPENS_ACCOUNTS, TEST_MAIL, right_to_resend, scopes_seen
from outbox.rules import (
    MENDS,
    with_confidential,
    without_confidential,
)


def message_state_for(about: str, ids: Iterable[int], *, but: str = "") -> dict[int, Message]:
    """Return the newest message about each row of `ids` of the model `about` ("assessments.invitation").

    Without subjects and texts, and without those of the kind `but`; rows nobody wrote about are left out. One query.
    """
    messages = Message.objects.filter(about=about.lower(), about_id__in=list(ids)).defer("body", "subject")
    if but:
        messages = messages.exclude(kind=but)
    return {
        message.about_id: message for message in messages.order_by("created_at", "pk") if message.about_id
    }


def mail_about(about: str, ids: Iterable[int], *, but: str = "") -> dict[int, tuple[str, MessageState]]:
    """Return public id and state of the newest message about each row of `ids`, as `message_state_for` finds it. One
    query.
    """
    messages = Message.objects.filter(about=about.lower(), about_id__in=list(ids))
    if but:
        messages = messages.exclude(kind=but)
    rows = messages.order_by("created_at", "pk").values_list("about_id", "public_id", "state")
    return {row: (public_id, MessageState(state)) for row, public_id, state in rows if row is not None}


def mail_in_sight(actor: Actor) -> QuerySet[Message]:
    """Return all mail that `actor` sees, without texts, newest first. Lazy, after one query at most."""
    found = Message.objects.visible_to(actor).defer("body")
    scopes = scopes_seen(actor)
    if scopes is not None:
        # Hides nothing more. A database that is told which scopes begins with theirs, where they are few of all mail.
        found = found.filter(scope__in=["", *scopes])
    return found.order_by("-created_at", "-pk")


def may_resend(actor: Actor, message: Message) -> bool:
    """Whether `actor`, who may see `message`, may also send it again or take it back.

    Of mail about a job the app that knows it decides; of other mail recruiters and whoever wrote it.
    """
    if actor.kind is not ActorKind.USER or actor.user is None:
        return actor.is_system
    if actor.has_role(Role.ADMINISTRATOR):
        return True
    known = right_to_resend(actor, message)
    if known is not None:
        return known
    return actor.has_role(Role.RECRUITER) or message.created_by_id == actor.user.pk


def message_text(actor: Actor, message: Message) -> str:
    """Return the text of `message`, which `actor` may see, with what is confidential in it left out for most."""
    if may_see_field(Message._meta.label, "confidential", actor, message):
        return with_confidential(message.body)
    return without_confidential(message.body)


def may_write_kind(actor: Actor, kind: str) -> bool:
    """Whether `actor`, who writes templates, may also change the words of mail of `kind`."""
    return kind not in OPENS_ACCOUNTS or actor.has_role(Role.ADMINISTRATOR)


@dataclass(frozen=True)
class HistoryLine:
    """Something that happened to a message; `code` is what the mail server answered, `who` a colleague or ""."""

    at: datetime
    words: str
    code: int | str | None
    who: str


def message_history(message: Message) -> list[HistoryLine]:
    """Return what happened to `message` since it was written, oldest first. One query."""
    words = {
        "message.put_off": _("Did not go out, to be tried again"),
        "message.resent": _("To be sent again"),
        "message.overruled": _("To be sent although mail to the address came back"),
        "message.corrected": _("Written anew to another address"),
        "message.delayed": _("Held up on its way"),
        "message.answered": _("Answered"),
    }
    words |= {f"message.{state.value}": str(state.label) for state in MessageState}
    events = Event.objects.filter(about="outbox.message", about_id=message.pk).select_related("actor_user")
    return [
        HistoryLine(
            at=event.at,
            words=words.get(event.kind, event.kind),
            code=event.data.get("code"),
            who=str(event.actor_user or ""),
        )
        for event in events.order_by("at", "pk")
    ]


def kept_mail(actor: Actor, *, now: datetime) -> QuerySet[Message]:
    """Return what was kept here and could still go out: its link is open, or it never had one; oldest first. Lazy."""
    kept = Message.objects.filter(state=MessageState.KEPT_HERE).exclude(kind=TEST_MAIL)
    is_open = Q(link__revoked_at=None) & (Q(link__expires_at=None) | Q(link__expires_at__gte=now))
    return (
        kept.filter(Q(link=None) | is_open)
        .visible_to(actor)
        .select_related("link")
        .defer("body")
        .order_by("created_at", "pk")
    )


@dataclass(frozen=True)
class TestMailResult:
    """The last test mail: what became of it, and when. `trouble` says what went wrong, where that is known."""

    message: Message
    trouble: MailTrouble | None

    @property
    def mend(self) -> str:
        return str(MENDS[self.trouble]) if self.trouble else ""


def last_test_mail(actor: Actor, public_id: str = "") -> TestMailResult | None:
    """Return the test mail with this public id, else the last one anybody asked for. At most two queries."""
    mails = Message.objects.filter(kind=TEST_MAIL).visible_to(actor).select_related("created_by")
    if public_id:
        mails = mails.filter(public_id=public_id)
    mail = mails.order_by("-created_at", "-pk").first()
    if mail is None:
        return None
    events = Event.objects.filter(about="outbox.message", about_id=mail.pk).order_by("-at", "-pk")
    trouble = next((event.data.get("trouble") for event in events[:1]), None)
    return TestMailResult(mail, MailTrouble(trouble) if trouble else None)


def needs_you() -> Q:
    """The condition that a message did not arrive, as far as we know, and that nobody has seen to it yet."""
    return Q(state__in=MessageState.needs_you, settled_at=None)


def needs_you_count(actor: Actor) -> int:
    """Return how many messages wait for `actor`: failed, unknown, or came back. One query."""
    return Message.objects.visible_to(actor).filter(needs_you()).count()


def came_back() -> Exists:
    """The condition that mail to the address of a message came back for good, for the statement that loads it."""
    earlier = Message.objects.annotate(key=Lower("to_address"))
    return Exists(earlier.filter(key=Lower(OuterRef("to_address")), bounced_at__isnull=False))


def address_came_back(address: str) -> bool:
    """Whether mail to `address` came back for good, and nobody said since that it is right. One query."""
    earlier = Message.objects.annotate(key=Lower("to_address"))
    return earlier.filter(key=Lower(Value(address)), bounced_at__isnull=False).exists()


def replies_to(message: Message, actor: Actor) -> list[InboundMessage]:
    """Return what came back to `message` or answered it, as far as `actor` may see it, oldest first. One query."""
    replies = InboundMessage.objects.filter(answers=message).visible_to(actor).select_related("answers")
    return list(replies.order_by("received_at", "pk"))


def mail_is_due(*, now: datetime) -> bool:
    """Whether a message waits to be sent at `now` and may go out. One query."""
    return Message.objects.filter(not_held(), state=MessageState.QUEUED, due_at__lte=now).exists()


def oldest_due_message() -> datetime | None:
    """Return since when the message that waits longest is due; a moment to come where none is due yet. One query."""
    queued = Message.objects.filter(state=MessageState.QUEUED).order_by("due_at")
    return queued.values_list("due_at", flat=True).first()


def not_held() -> Q:
    """The condition that mail goes out, for the very statement that takes a message up."""
    return Q(~Exists(Sign.objects.filter(name=SignName.MAIL_HOLD)))


@dataclass(frozen=True)
class MailHold:
    """Since when mail is held, and the moment of the backup that was restored, if that is why."""

    since: datetime
    cut_at: datetime | None


def mail_hold() -> MailHold | None:
    """Return what holds mail back, or None where it goes out. One query."""
    sign = Sign.objects.filter(name=SignName.MAIL_HOLD).first()
    if sign is None:
        return None
    cut_at = sign.data.get("cut_at")
    return MailHold(since=sign.at, cut_at=datetime.fromisoformat(cut_at) if cut_at else None)
