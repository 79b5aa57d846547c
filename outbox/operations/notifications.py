"""Telling colleagues what happened: written in the transaction of what it is, read or mailed later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.enums import ActorKind
from accounts.models import Actor, Organisation, User
from accounts.queries import organisation
from outbox.enums import Audience, NotifyBy
from outbox.models import Message, Notification, NotificationChoice
from outbox.registries.notifications import concerned, notification_kind
from outbox.rules import READ_NEWS_LIFE, news_due

_BATCH = 500


def notify(
    *,
    users: QuerySet[User],
    kind: str,
    intent: str,
    about: str,
    about_id: int | None,
    ref: int | None = None,
    scope: str = "",
    person_ref: str = "",
    count: int = 1,
    by: Actor,
    now: datetime,
) -> None:
    """Tell colleagues of something that happened, in the transaction of it. Two statements, whatever their number.

    Arguments: `users` are those it concerns; left out are whoever did it themselves and who does not sign in any more.
    `kind` is a registered kind; `intent` names the event ("application_new:12"), which is told to each once, however
    often its cause runs; `about` and `about_id` are the row whose sight decides who may read of it, `ref` the one it
    tells of where that is another, `scope` what sight of it hangs on, as messages have it; `person_ref` is the public
    id of the candidate it concerns; `count` is how many things it tells of.
    Raises: `LookupError` for an unknown kind.
    """
    known = notification_kind(kind)
    chosen = NotificationChoice.objects.filter(user=OuterRef("pk"), kind=kind).values("how")
    readers = users.filter(is_active=True)
    if by.kind is ActorKind.USER and by.user is not None:
        readers = readers.exclude(pk=by.user.pk)
    rows = [
        Notification(
            user_id=pk,
            kind=kind,
            intent=intent,
            about=about.lower(),
            about_id=about_id,
            ref=ref,
            scope=scope,
            person_ref=person_ref,
            count=count,
            created_at=now,
            mail_due_at=news_due(NotifyBy(how or known.usual), zone=ZoneInfo(zone or home_zone), now=now),
        )
        for pk, zone, home_zone, how in readers.annotate(
            how=Subquery(chosen[:1]), home_zone=_home_zone()
        ).values_list("pk", "time_zone", "home_zone", "how")
    ]
    if rows:
        Notification.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)


def _home_zone() -> Coalesce:
    return Coalesce(Subquery(Organisation.objects.order_by("pk").values("time_zone")[:1]), Value("UTC"))


def notify_of_mail(*, message: Message, kind: str, by: Actor, now: datetime) -> None:
    """Tell those whom mail to a candidate concerns what became of it, and whoever wrote it. Nothing of other mail."""
    if message.audience != Audience.CANDIDATE:
        return
    whom = Q(pk=message.created_by_id)
    others = concerned(message)
    notify(
        users=User.objects.filter(whom | others if others is not None else whom),
        kind=kind,
        # Sent again, it may fail again, and that is another event.
        intent=f"{kind}:{message.pk}:{int(now.timestamp())}",
        about=message.about,
        about_id=message.about_id,
        ref=message.pk,
        scope=message.scope,
        person_ref=message.person_ref,
        by=by,
        now=now,
    )


def read_notification(*, notification: Notification, by: Actor, now: datetime) -> None:
    """Note that its reader has read it. Raises `PermissionDenied` for anybody else."""
    if by.kind is not ActorKind.USER or by.user is None or notification.user_id != by.user.pk:
        raise PermissionDenied
    _unread(by.user).filter(pk=notification.pk).update(read_at=now, mail_due_at=None)


def read_notifications(*, until: int, by: Actor, now: datetime) -> int:
    """Note that a colleague has read all of their own up to the one with the id `until`; return how many were new.

    What came after they looked stays unread. Raises `PermissionDenied` for what is no colleague.
    """
    if by.kind is not ActorKind.USER or by.user is None:
        raise PermissionDenied
    return _unread(by.user).filter(pk__lte=until).update(read_at=now, mail_due_at=None)


def _unread(user: User) -> QuerySet[Notification]:
    return Notification.objects.filter(user=user, read_at=None)


@transaction.atomic
def choose_notifications(*, user: User, choices: Mapping[str, NotifyBy], by: Actor, now: datetime) -> None:
    """Let a colleague choose when they are mailed about each kind of event; kinds that are not named stay as they are.

    What waits for a mail follows the choice. Raises `PermissionDenied` for somebody else's, `LookupError` for an
    unknown kind.
    """
    if by.kind is not ActorKind.USER or by.user is None or by.user.pk != user.pk:
        raise PermissionDenied
    kept = dict(NotificationChoice.objects.filter(user=user).values_list("kind", "how"))
    zone = ZoneInfo(user.time_zone or organisation().time_zone)
    for kind, how in choices.items():
        known = notification_kind(kind)
        if kept.get(kind, known.usual) == how:
            continue
        NotificationChoice.objects.update_or_create(user=user, kind=kind, defaults={"how": NotifyBy(how)})
        waiting = _unread(user).filter(kind=kind, mailed_at=None, mail_due_at__isnull=False)
        waiting.update(mail_due_at=news_due(NotifyBy(how), zone=zone, now=now))


def forget_read_news(*, now: datetime, limit: int = 2000) -> int:
    """Delete notifications that were read long ago, up to `limit` of them, and return how many."""
    old = (
        Notification.objects.filter(read_at__lt=now - READ_NEWS_LIFE)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    deleted, _by_model = Notification.objects.filter(pk__in=list(old[:limit])).delete()
    return deleted
