"""Telling a worker to look now, without ever making a request wait for the broker.

A broker that refuses raises after a second, one that accepts and is silent can hang a caller for ever. So a request
only leaves the name of a task with the courier of its process; a thread publishes it. Whatever goes wrong there is
forgotten: the row is in the database, and the scheduler's next look finds it.

The first nudge of a quiet time goes out at once, those that follow it within a second go out as one: a look finds all
that came until it, and asking for it costs about as much as a candidate's page.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
from time import monotonic
from typing import Final

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)

MAIL: Final = "outbox.deliver_messages"
WORK: Final = "outbox.run_work"

# Between two messages about one task from one process.
REST: Final = 1.0
# For this producer alone: the worker's own connections wait much longer on purpose.
_TRANSPORT: Final = {
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "retry_on_timeout": False,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
    "connect_retries_timeout": 2,
}


def nudge(task: str) -> None:
    """Ask a worker to run `task` (the name of one without arguments) soon after the present transaction commits.

    Returns at once and raises nothing, whatever state the broker is in. Many nudges of one task may become one.
    """
    transaction.on_commit(lambda: _courier.post(task), robust=True)


class Courier:
    """Publishes the names of tasks from a thread that lives as long as there is something to publish."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pending: set[str] = set()
        # When each task was published last.
        self._told: dict[str, float] = {}
        self._is_leaving = False
        self._thread: threading.Thread | None = None

    def post(self, task: str) -> None:
        """Leave `task` to be published."""
        with self._changed:
            self._pending.add(task)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="outbox-courier", daemon=True)
                self._thread.start()
            else:
                self._changed.notify()

    def wait(self, seconds: float) -> bool:
        """Return whether everything was published or given up within `seconds`."""
        thread = self._thread
        if thread is not None:
            thread.join(seconds)
        return self._thread is None

    def leave(self, seconds: float) -> bool:
        """Publish what is left without a rest, for a process that ends; return as `wait` does."""
        with self._changed:
            self._is_leaving = True
            self._changed.notify()
        return self.wait(seconds)

    def _run(self) -> None:
        while (task := self._next()) is not None:
            try:
                publish(task)
            except Exception:  # noqa: BLE001 -- whatever the broker's library raises, the sweep repairs
                logger.warning("The broker did not take a look at %s; the scheduler will ask again.", task)

    def _next(self) -> str | None:
        """Return the next task to publish, once it has had its rest; None when there is nothing left."""
        with self._changed:
            while self._pending:
                task = min(self._pending, key=self._rested_at)
                rest = self._rested_at(task) - monotonic()
                if rest <= 0 or self._is_leaving:
                    self._pending.remove(task)
                    self._told[task] = monotonic()
                    return task
                self._changed.wait(rest)
            self._thread = None
            return None

    def _rested_at(self, task: str) -> float:
        return self._told.get(task, float("-inf")) + REST


def publish(task: str) -> None:
    """Publish `task` now. May raise, and may take some seconds when the broker is in trouble; never in a request."""
    with current_app.connection_for_write(connect_timeout=1, transport_options=_TRANSPORT) as connection:
        current_app.send_task(task, connection=connection, retry=False, expires=60, ignore_result=True)


_courier = Courier()


def _renew_after_fork() -> None:
    # The thread did not come along, and the lock may be held by it for ever.
    global _courier  # noqa: PLW0603 -- one a process
    _courier = Courier()


os.register_at_fork(after_in_child=_renew_after_fork)
# A command that ends right after its commit has a moment to say so.
atexit.register(lambda: _courier.leave(1.0))
