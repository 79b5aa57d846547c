"""How mail, work and backups fare, for probes and measures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count
from django.utils.dateparse import parse_datetime

from outbox.enums import BackupOutcome, Life, MessageState, SignName, WorkState
from outbox.models import Message, Sign, Work
from outbox.queries.mail import oldest_due_message
from outbox.queries.notices import signs
from outbox.rules import (
    BACKUP_LATE_AFTER,
    WAITS_LONG,
    life,
)
from shell.health import Health, HealthState, Measure, seconds_since


def work_is_due(*, now: datetime) -> bool:
    """Whether a piece of work waits for a worker at `now`. One query."""
    return Work.objects.filter(state__in=WorkState.open_states, due_at__lte=now).exists()


def oldest_due_work() -> datetime | None:
    """Return since when the long work that waits longest is due, as for messages. One query."""
    waiting = Work.objects.filter(state__in=WorkState.open_states).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


def house_health(now: datetime) -> dict[str, Health]:
    """Return how scheduler, workers, mail, long work and, where it is made, the backup are. Three queries."""
    said = signs()
    parts = {}
    for name in (SignName.SCHEDULER, *map(SignName, SignName.workers)):
        sign = said.get(name)
        alive = life(sign.at if sign else None, now=now)
        state = HealthState.OK if alive is Life.ALIVE else HealthState.DEGRADED
        age = seconds_since(sign.at if sign else None, now=now)
        parts[name.value] = Health(state, "" if alive is Life.ALIVE else alive.value, {"age_seconds": age})
    held = SignName.MAIL_HOLD in said
    parts["mail"] = _waiting_health(oldest_due_message(), now=now, note="mail is held" if held else "")
    parts["work"] = _waiting_health(oldest_due_work(), now=now)
    backup = _last_backup(said)
    if backup is not None:
        outcome = str(said[SignName.BACKUP].data.get("outcome", ""))
        late = "there was no backup for days" if now - backup > BACKUP_LATE_AFTER else ""
        note = outcome if outcome in BackupOutcome.troubles else late
        parts["backup"] = Health(
            HealthState.DEGRADED if note else HealthState.OK,
            note,
            {"age_seconds": seconds_since(backup, now=now)},
        )
    return parts


def _waiting_health(oldest: datetime | None, *, now: datetime, note: str = "") -> Health:
    waits = max(0.0, seconds_since(oldest, now=now) or 0.0)
    if not note and waits > WAITS_LONG.total_seconds():
        note = "something has waited for long"
    return Health(HealthState.DEGRADED if note else HealthState.OK, note, {"oldest_due_seconds": waits})


def _last_backup(said: Mapping[SignName, Sign]) -> datetime | None:
    sign = said.get(SignName.BACKUP)
    return parse_datetime(str(sign.data.get("last_good", ""))) if sign else None


def house_measures(now: datetime) -> list[Measure]:
    """Return the counts and ages of mail and long work, and the ages of the signs of life. Five queries."""
    said = signs()
    # How long ago a version first ran, or mail was held, is no age of a part.
    parts = {SignName.SCHEDULER, *map(SignName, SignName.workers)} & said.keys()
    ages = [({"part": name.value}, (now - said[name].at).total_seconds()) for name in sorted(parts)]
    messages = dict(Message.objects.order_by().values_list("state").annotate(total=Count("pk")))
    work = dict(Work.objects.order_by().values_list("state").annotate(total=Count("pk")))
    backup = _last_backup(said)
    found = [
        Measure(
            "messages",
            "Messages by state.",
            [({"state": each}, messages.get(each, 0)) for each in MessageState.values],
        ),
        Measure(
            "message_oldest_due_seconds",
            "For how long the oldest message that is due has waited.",
            [({}, max(0.0, seconds_since(oldest_due_message(), now=now) or 0.0))],
        ),
        Measure("mail_held", "1 while all mail is held.", [({}, float(SignName.MAIL_HOLD in said))]),
        Measure(
            "work",
            "Pieces of long work by state.",
            [({"state": each}, work.get(each, 0)) for each in WorkState.values],
        ),
        Measure(
            "work_oldest_due_seconds",
            "For how long the oldest piece of long work that is due has waited.",
            [({}, max(0.0, seconds_since(oldest_due_work(), now=now) or 0.0))],
        ),
        Measure("sign_age_seconds", "How long ago a part last gave its sign.", ages),
    ]
    if backup is not None:
        found.append(
            Measure(
                "backup_age_seconds",
                "How old the last good backup is.",
                [({}, (now - backup).total_seconds())],
            )
        )
    return found
