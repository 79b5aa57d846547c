"""What the parts of the installation say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from outbox.enums import SignName
from outbox.models import Sign


def give_sign(*, name: SignName, now: datetime, data: Mapping[str, Any] | None = None) -> None:
    """Put down that `name` spoke at `now`, over what it said before. `data` holds codes and numbers. One statement."""
    Sign.objects.bulk_create(
        [Sign(name=name, at=now, data=dict(data or {}))],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["at", "data"],
    )


def take_back_sign(*, name: SignName) -> bool:
    """Forget what `name` said; return whether there was anything. One statement."""
    deleted, _rows = Sign.objects.filter(name=name).delete()
    return bool(deleted)
