"""What colleagues were told, in words for who reads it now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Actor, User
from outbox.enums import NotifyBy
from outbox.models import Message, Notification, NotificationChoice
from outbox.registries.notifications import (
    BOUNCED,
    MAIL_FAILED,
    REPLY,
    NotificationKind,
    Told,
    notification_kind,
    notification_kinds,
    register_notification,
)


@dataclass(frozen=True, slots=True)
class NewsLine:
    """A notification with its words; without them where what it tells of is out of sight."""

    notification: Notification
    told: Told


def news_lines(actor: Actor, rows: Sequence[Notification]) -> list[NewsLine]:
    """Return the words of notifications for who reads them, in their order. One or two queries for each kind."""
    by_kind: dict[str, list[Notification]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    words: dict[int, Told] = {}
    for kind, of_kind in by_kind.items():
        try:
            words.update(notification_kind(kind).describe(actor, of_kind))
        except LookupError:
            # Of a kind that nobody tells of any more.
            continue
    return [NewsLine(row, words[row.pk]) for row in rows if row.pk in words]


def notification_choices(user: User) -> list[tuple[NotificationKind, NotifyBy]]:
    """Return each kind of event with when the colleague is mailed about it. One query."""
    chosen = dict(NotificationChoice.objects.filter(user=user).values_list("kind", "how"))
    return [(kind, NotifyBy(chosen.get(kind.kind, kind.usual))) for kind in notification_kinds()]


def register_kinds() -> None:
    """Make known what outbox itself tells of: what became of mail to candidates, and what they wrote."""
    register_notification(
        NotificationKind(
            kind=MAIL_FAILED,
            title=gettext_lazy("Mail that did not go out"),
            counted=lambda n: (
                ngettext("%(count)d mail did not go out", "%(count)d mails did not go out", n) % {"count": n}
            ),
            describe=lambda actor, rows: _of_messages(
                actor, rows, _("“%(subject)s” to %(person)s did not go out.")
            ),
            usual=NotifyBy.AT_ONCE,
        )
    )
    register_notification(
        NotificationKind(
            kind=BOUNCED,
            title=gettext_lazy("Mail that came back"),
            counted=lambda n: (
                ngettext("%(count)d mail came back", "%(count)d mails came back", n) % {"count": n}
            ),
            describe=lambda actor, rows: _of_messages(
                actor, rows, _("“%(subject)s” to %(person)s came back.")
            ),
            usual=NotifyBy.AT_ONCE,
        )
    )
    register_notification(
        NotificationKind(
            kind=REPLY,
            title=gettext_lazy("Replies"),
            counted=lambda n: ngettext("%(count)d reply", "%(count)d replies", n) % {"count": n},
            describe=lambda actor, rows: _of_messages(actor, rows, _("%(person)s answered “%(subject)s”.")),
            usual=NotifyBy.AT_ONCE,
        )
    )


def _of_messages(actor: Actor, rows: Sequence[Notification], words: str) -> Mapping[int, Told]:
    found = Message.objects.filter(pk__in=[row.ref for row in rows]).visible_to(actor)
    messages = {message.pk: message for message in found.defer("body")}
    return {
        row.pk: Told(
            words
            % {
                "subject": message.subject or _("Message without a subject"),
                "person": message.to_name or "–",
            },
            reverse("outbox:message", args=[message.public_id]),
        )
        for row in rows
        if (message := messages.get(row.ref or 0)) is not None
    }
