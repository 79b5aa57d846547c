"""The backup that a worker makes every night, without anybody asking."""

from __future__ import annotations

import logging
import secrets
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from billiard.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.utils import timezone

from accounts.queries import organisation
from config.backups.making import PREFIX, SUFFIX, default_name, make_backup
from config.backups.refusals import BackupError
from outbox.enums import BackupOutcome, SignName
from outbox.models import Sign
from outbox.operations import acquire_lease, give_sign, release_lease, take_back_sign

logger = logging.getLogger(__name__)

LEASE: Final = "backup"
LEASE_SECONDS: Final = 120
RENEW_SECONDS: Final = 15.0
# In the organisation's time zone. A machine that was off then makes up for it when it is on again.
HOUR: Final = 2
TRY_AGAIN_AFTER: Final = timedelta(hours=1)
KEPT: Final = 14
NIGHTLY: Final = "nightly-"


def look(*, now: datetime) -> None:
    """Make the backup of the night when it is due and nobody else is at it; write down what came of it.

    Side effects: a file in `BACKUP_FOLDER`, of which the oldest go, and the sign "backup". Raises nothing that has to
    do with the backup: it goes into the sign and the log.
    """
    folder = settings.BACKUP_FOLDER
    if folder is None:
        take_back_sign(name=SignName.BACKUP)
        return
    said = Sign.objects.filter(name=SignName.BACKUP).first()
    if said is None:
        # The nights are counted from here on.
        data = {"outcome": BackupOutcome.WAITING.value, "last_good": now.isoformat()}
        give_sign(name=SignName.BACKUP, now=now, data=data)
    elif is_due(said, zone=ZoneInfo(organisation().time_zone), now=now):
        holder = secrets.token_hex(8)
        if acquire_lease(name=LEASE, holder=holder, seconds=LEASE_SECONDS, now=now):
            try:
                back_up(folder, holder=holder, now=now)
            finally:
                release_lease(name=LEASE, holder=holder)


def is_due(said: Sign, *, zone: ZoneInfo, now: datetime) -> bool:
    """Whether a night has begun since the last good backup, and the last failure is a while ago."""
    local = now.astimezone(zone)
    night = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if night > local:
        night -= timedelta(days=1)
    failed_lately = said.data["outcome"] in BackupOutcome.troubles and now - said.at < TRY_AGAIN_AFTER
    return datetime.fromisoformat(said.data["last_good"]) < night and not failed_lately


def back_up(folder: Path, *, holder: str, now: datetime) -> None:
    said = Sign.objects.get(name=SignName.BACKUP)
    if said.at > now:
        # Another worker was quicker than our first look.
        return
    outcome, data = try_to(folder, holder=holder, now=now)
    data = {"last_good": said.data["last_good"], **data, "outcome": outcome.value}
    give_sign(name=SignName.BACKUP, now=timezone.now(), data=data)


def try_to(folder: Path, *, holder: str, now: datetime) -> tuple[BackupOutcome, dict[str, Any]]:
    try:
        made = make_backup(
            output=folder / default_name(now, NIGHTLY), now=now, step=Renewal(holder, started=now)
        )
        remove_old(folder)
    except SoftTimeLimitExceeded:
        logger.error("The nightly backup was cut off by its time limit.")  # noqa: TRY400 -- no fault of the code
        return BackupOutcome.TOO_SLOW, {}
    except BackupError as error:
        logger.error("The nightly backup failed: %s", error)  # noqa: TRY400 -- its words say all
        return error.outcome, {}
    except Exception:
        logger.exception("The nightly backup failed.")
        return BackupOutcome.FAILED, {}
    return BackupOutcome.DONE, {
        "last_good": made.manifest["cut_at"],
        "size": made.size,
        "seconds": round(made.seconds, 1),
        "files": made.files,
    }


def remove_old(folder: Path) -> None:
    """Remove all but the last nightly backups. What people made themselves stays."""
    kept = sorted(folder.glob(f"{PREFIX}{NIGHTLY}*{SUFFIX}"))
    for path in kept[:-KEPT]:
        path.unlink(missing_ok=True)


class Renewal:
    """Keeps the lease while the backup goes on."""

    def __init__(self, holder: str, *, started: datetime) -> None:
        self.holder, self.started = holder, started
        self.begun = self.last = time.monotonic()

    def __call__(self) -> None:
        now = time.monotonic()
        if now - self.last < RENEW_SECONDS:
            return
        self.last = now
        moment = self.started + timedelta(seconds=now - self.begun)
        if not acquire_lease(name=LEASE, holder=self.holder, seconds=LEASE_SECONDS, now=moment):
            raise BackupError("Another worker has taken over the backup.")
        # Busy is not silent, as with long work.
        give_sign(name=SignName.WORKER_MAINT, now=moment)
