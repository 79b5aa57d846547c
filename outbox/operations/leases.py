"""Who may do something that only one may do at a time."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q

from outbox.models import Lease
from outbox.rules import SILENT_AFTER


def acquire_lease(*, name: str, holder: str, seconds: int, now: datetime) -> bool:
    """Take or renew the lease `name` for `holder` and return whether it is theirs until `now` + `seconds`.

    A lease that somebody else took before a clock was set back ends, from now on, as if they had taken it now.
    """
    until = now + timedelta(seconds=seconds)
    Lease.objects.get_or_create(name=name, defaults={"holder": "", "until": now})
    free = Q(holder="") | Q(holder=holder) | Q(until__lt=now)
    if Lease.objects.filter(free, name=name).update(holder=holder, until=until):
        return True
    Lease.objects.filter(name=name, until__gt=until + SILENT_AFTER).update(until=until)
    return False


def release_lease(*, name: str, holder: str) -> None:
    """Give the lease back before it ends. Does nothing when somebody else has it."""
    Lease.objects.filter(name=name, holder=holder).update(holder="")
