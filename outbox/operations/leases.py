"""Who may do something that only one may do at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from outbox.models import Lease


def acquire_lease(*, name: str, holder: str, seconds: int, now: datetime) -> bool:
    """Take or renew the lease `name` for `holder` and return whether it is theirs until `now` + `seconds`."""
    until = now + timedelta(seconds=seconds)
    Lease.objects.get_or_create(name=name, defaults={"holder": "", "until": now})
    free = Q(holder="") | Q(holder=holder) | Q(until__lt=now)
    return Lease.objects.filter(free, name=name).update(holder=holder, until=until) == 1


def release_lease(*, name: str, holder: str) -> None:
    """Give the lease back before it ends. Does nothing when somebody else has it."""
    Lease.objects.filter(name=name, holder=holder).update(holder="")
