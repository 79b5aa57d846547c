"""What accounts does when Django tells it something."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig

from accounts import operations


def sync_roles_of_app(sender: AppConfig, **kwargs: Any) -> None:
    """After an app is migrated its permissions exist; the roles get those that are theirs."""
    operations.sync_roles(app_label=sender.label)
