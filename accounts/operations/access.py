"""Who may do it. Every operation of accounts asks here first."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from accounts.enums import Role
from accounts.models import Actor, User


def require_administrator(by: Actor) -> None:
    if not by.has_role(Role.ADMINISTRATOR) or by.api_key is not None:
        raise PermissionDenied


def require_owner(owner: User, by: Actor) -> None:
    own = by.user is not None and by.user.pk == owner.pk and by.user.is_active and by.api_key is None
    if not own:
        require_administrator(by)
