"""What accounts does when Django tells it something."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.utils import timezone

from accounts import operations
from accounts.models import User


def sync_roles_of_app(sender: AppConfig, **kwargs: Any) -> None:
    """After an app is migrated its permissions exist; the roles get those that are theirs."""
    operations.sync_roles(app_label=sender.label)


def note_sign_in(user: User, **kwargs: Any) -> None:
    """Somebody got through the door, all steps of it."""
    operations.note_sign_in(user=user, now=timezone.now())


def note_sign_out(user: User | None, **kwargs: Any) -> None:
    """Somebody closed the door behind them. Django also tells it of those who were not in."""
    if user is not None and user.is_authenticated:
        operations.note_sign_out(user=user, now=timezone.now())
