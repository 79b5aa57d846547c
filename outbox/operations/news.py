"""The mail about what is new: how much of which kind, never whom it is about."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation

from accounts.models import Actor, Organisation, User
from accounts.queries import organisation
from outbox.enums import Audience
from outbox.models import Notification
from outbox.operations.messages import queue_message
from outbox.queries.mail import mail_hold
from outbox.registries import NEWS
from outbox.registries.notifications import notification_kinds

logger = logging.getLogger(__name__)


def mail_due_news(*, now: datetime, limit: int = 100) -> int:
    """Write to colleagues about what is due and still unread, one mail each; return how many of them it took up.

    A look that may come late, twice or from two schedulers at once. Whatever its reader may not see any more counts
    for nothing, and where nothing is left no mail is written. While mail is held it all waits.
    """
    readers = list(User.objects.filter(pk__in=_due(now).values("user")).order_by("pk")[:limit])
    if not readers or mail_hold() is not None:
        return 0
    home = organisation()
    for reader in readers:
        try:
            _mail(reader, home, now=now)
        except ValidationError:
            # One address that takes no mail must not hold up everybody else's.
            logger.warning("news cannot be written, user %s", reader.pk)
            _due(now).filter(user=reader).update(mail_due_at=None)
    return len(readers)


def _due(now: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(read_at=None, mailed_at=None, mail_due_at__lte=now)


@transaction.atomic
def _mail(reader: User, home: Organisation, *, now: datetime) -> None:
    keys = list(_due(now).filter(user=reader).order_by("pk").values_list("pk", flat=True))
    # Another look may have been quicker with some; the database says with which by the moment.
    if not _due(now).filter(pk__in=keys).update(mailed_at=now) or not reader.is_active:
        return
    ours = Notification.objects.filter(pk__in=keys, mailed_at=now).visible_to(Actor.of_user(reader))
    language = reader.language or home.staff_language
    news = _news(ours.values_list("kind", "count"), language)
    if not news:
        return
    queue_message(
        intent=f"{NEWS}:{reader.pk}:{keys[0]}",
        kind=NEWS,
        audience=Audience.STAFF,
        to_name=reader.full_name,
        to_address=reader.email,
        context={
            "name": reader.full_name,
            "organisation": home.name,
            "news": news,
            "address": f"{home.address}{reverse('outbox:notifications')}",
        },
        about="accounts.user",
        about_id=reader.pk,
        language=language,
        by=Actor.system(),
        now=now,
    )


def _news(rows: Iterable[tuple[str, int]], language: str) -> str:
    """Return "3 new applications, 1 mention"."""
    counts: Counter[str] = Counter()
    for kind, count in rows:
        counts[kind] += count
    with translation.override(language):
        return ", ".join(
            kind.counted(counts[kind.kind]) for kind in notification_kinds() if counts[kind.kind]
        )
