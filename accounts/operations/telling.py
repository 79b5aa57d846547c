"""What accounts did, told to the rooms above in the transaction of the change."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Actor, ApiKey, Organisation, RoleRule, User
from accounts.signals import changed


def tell(
    kind: str,
    row: User | ApiKey | Organisation | RoleRule,
    *,
    by: Actor,
    now: datetime,
    data: dict[str, object] | None = None,
) -> None:
    changed.send(
        sender=type(row), kind=kind, by=by, now=now, about=row._meta.label, about_id=row.pk, data=data or {}
    )
