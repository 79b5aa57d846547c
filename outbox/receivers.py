"""What outbox does when a room below tells it something."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Actor
from outbox.operations.events import record_event


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
