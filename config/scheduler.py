"""The scheduler of Celery, which also says in the database that it lives."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from typing import Any

from celery import beat
from django.db import connection
from django.utils import timezone

from outbox.enums import SignName
from outbox.operations import give_sign
from outbox.rules import SIGN_EVERY, SILENT_AFTER

logger = logging.getLogger(__name__)

# So soon after a sleep of the machine or a change of its clock the next sign is given.
LOOK_EVERY = 5.0


class Scheduler(beat.Scheduler):
    """Celery's own, in memory. A thread gives the signs, so a database that is away or slow holds up no tick."""

    _pulse: Pulse | None = None

    def tick(self, *args: Any, **kwargs: Any) -> float:
        if self._pulse is None:
            # Here and not earlier: Celery makes schedulers that are only looked at.
            self._pulse = Pulse()
            self._pulse.start()
        self._pulse.ticked.set()
        delay: float = super().tick(*args, **kwargs)
        return delay


class Pulse(threading.Thread):
    """Gives the scheduler's sign, at once and then every half minute, as long as there are ticks."""

    def __init__(self) -> None:
        super().__init__(name="scheduler-pulse", daemon=True)
        self.ticked = threading.Event()
        self.given_at: datetime | None = None
        self.since: datetime | None = None
        self.well = True

    def run(self) -> None:
        pause = threading.Event()
        while True:
            self.look(now=timezone.now())
            pause.wait(LOOK_EVERY)

    def look(self, *, now: datetime) -> None:
        """Give the sign if it is time and the scheduler ticked since the last one. Raises nothing."""
        # By the clock on the wall, in both directions: a sign from before a jump says nothing about now.
        passed = None if self.given_at is None else abs(now - self.given_at)
        if (passed is not None and passed < SIGN_EVERY) or not self.ticked.is_set():
            return
        self.ticked.clear()
        if self.since is None or passed is None or passed > SILENT_AFTER:
            self.since = now
        try:
            give_sign(name=SignName.SCHEDULER, now=now, data={"since": self.since.isoformat()})
        except Exception:  # noqa: BLE001 -- whatever the database's driver raises, the ticks go on
            if self.well:
                logger.warning("The scheduler cannot write to the database that it lives; it goes on.")
            self.well = False
        else:
            self.given_at, self.well = now, True
        finally:
            # The next sign may meet a database that was started again.
            connection.close()
