"""What colleagues are told of: the kinds of events, their words, whom mail concerns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from outbox.enums import NotifyBy

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import Actor
    from outbox.models import Message, Notification

MAIL_FAILED: Final = "mail_failed"
BOUNCED: Final = "bounced"
REPLY: Final = "reply"


@dataclass(frozen=True)
class Told:
    """What a notification says to whoever reads it, and where the thing is."""

    text: str
    url: str


Describe = Callable[["Actor", "Sequence[Notification]"], "Mapping[int, Told]"]
Concerned = Callable[["Message"], "Q | None"]


@dataclass(frozen=True, kw_only=True)
class NotificationKind:
    """A kind of event that colleagues are told of.

    `counted(n)` says how many of them there are, and names nobody: that is what stands in a mail. `describe` gives the
    words of some notifications by their ids, for who reads them now: what they may not see is left out. `usual` is when
    colleagues who have not chosen are mailed.
    """

    kind: str
    title: _StrOrPromise
    counted: Callable[[int], str]
    describe: Describe
    usual: NotifyBy


_notifications: Final[dict[str, NotificationKind]] = {}
_concerned: Final[dict[str, Concerned]] = {}


def register_notification(kind: NotificationKind) -> None:
    """Make a kind of event known that colleagues are told of. Called from the `ready()` of the app that tells."""
    _notifications[kind.kind] = kind


def notification_kind(kind: str) -> NotificationKind:
    """Return the registered kind. Raises `LookupError` for an unknown one."""
    try:
        return _notifications[kind]
    except KeyError:
        raise LookupError(f"No app registered notifications of the kind {kind!r}.") from None


def notification_kinds() -> list[NotificationKind]:
    """Return every registered kind, in the order of registration."""
    return list(_notifications.values())


def register_concerned(name: str, find: Concerned) -> None:
    """Let `find(message)` say which colleagues a mail concerns: a condition on users, or None."""
    _concerned[name] = find


def concerned(message: Message) -> Q | None:
    """Return the condition on users that a mail concerns; None where no app knows any."""
    found: Q | None = None
    for find in _concerned.values():
        condition = find(message)
        if condition is not None:
            found = condition if found is None else found | condition
    return found
