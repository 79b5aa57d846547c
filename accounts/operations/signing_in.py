"""Who came and went: written down for the history, as what happened, without addresses."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Actor, User
from accounts.operations.telling import tell
from accounts.signals import changed


def note_sign_in(*, user: User, now: datetime) -> None:
    """Write down that `user` signed in."""
    tell("accounts.signed_in", user, by=Actor.of_user(user), now=now)


def note_sign_out(*, user: User, now: datetime) -> None:
    """Write down that `user` signed out."""
    tell("accounts.signed_out", user, by=Actor.of_user(user), now=now)


def note_failed_sign_in(*, now: datetime) -> None:
    """Write down that somebody could not sign in; who they wanted to be is kept by nobody."""
    changed.send(
        sender=User,
        kind="accounts.sign_in_failed",
        by=Actor.system(),
        now=now,
        about="",
        about_id=None,
        data={},
    )
