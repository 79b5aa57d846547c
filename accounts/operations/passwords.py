"""Passwords: asking somebody to choose one, checking what they chose, setting it."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor, User
from accounts.operations.access import require_administrator
from accounts.operations.guesses import forget_guesses
from accounts.operations.telling import tell
from accounts.signals import password_wanted


@transaction.atomic
def invite_user(*, user: User, by: Actor, now: datetime) -> None:
    """Let `user` be written to, with a link with which they choose a password: their first one, or a new one.

    Side effects: `signals.password_wanted`, in this transaction; the room that sends mail queues one.
    Raises `PermissionDenied` unless an administrator or the system asks, `ValidationError` for somebody who is not
    active.
    """
    require_administrator(by)
    require_active(user)
    tell("accounts.user_invited", user, by=by, now=now)
    password_wanted.send(sender=User, user=user, by=by, now=now)


def require_active(user: User) -> None:
    """Raise `ValidationError` for somebody who is shut out: no link lets them in."""
    if not user.is_active:
        raise ValidationError(_("This colleague is not active. Switch “active” on first."))


def check_password_for(user: User, password: str) -> None:
    """Raise `ValidationError` keyed "password" when `password` is too weak for `user`."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error


@transaction.atomic
def set_password(*, user: User, encoded: str, by: Actor, now: datetime) -> None:
    """Give `user` the password whose hash is `encoded`; hashing takes its time and is done before.

    Side effects: sessions that are open end, because each carries a digest of the password; wrong guesses at this
    address are forgotten.
    Raises `ValidationError` for somebody who is not active.
    """
    if not User.objects.filter(pk=user.pk, is_active=True).update(password=encoded):
        raise ValidationError(_("This colleague is not active. Switch “active” on first."))
    user.password = encoded
    forget_guesses(address=user.email)
    tell("accounts.password_set", user, by=by, now=now)
