"""What outbox does when a room below tells it something."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Actor, User
from outbox.models import Message
from outbox.operations.colleagues import close_colleague_links, mail_password_link
from outbox.operations.events import record_event
from outbox.operations.notifications import notify_of_mail

# After these a link that was mailed before must open nothing.
CLOSES_LINKS = {"accounts.user_deactivated", "accounts.address_changed", "accounts.password_set"}


def record_change(
    *,
    kind: str,
    by: Actor,
    now: datetime,
    about: str = "",
    about_id: int | None = None,
    data: dict[str, Any] | None = None,
    **kwargs: Any,
) -> None:
    """Put a change of colleagues, keys or the organisation into the history, in the transaction of the change."""
    record_event(kind=kind, by=by, now=now, about=about, about_id=about_id, data=data)
    if kind in CLOSES_LINKS and about_id is not None:
        close_colleague_links(user_id=about_id, now=now)


def tell_of_mail(*, kind: str, message: Message, now: datetime, **kwargs: Any) -> None:
    """Tell colleagues what became of a mail, in the transaction that writes it down."""
    notify_of_mail(message=message, kind=kind, by=Actor.system(), now=now)


def mail_link(*, user: User, by: Actor, now: datetime, **kwargs: Any) -> None:
    """Write to somebody who is to choose a password, in the transaction that asks for it."""
    mail_password_link(user=user, by=by, now=now)
