"""Leaving processes free where one worker does everything.

Elsewhere each queue has a worker of its own. Where one has all of them, looks after mail or long work, which last,
would take all of its processes, and the score of a test would wait until a slow mail server has everything.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


@contextmanager
def turn(name: str) -> Iterator[bool]:
    """Yield whether this process may do `name` now: where one worker does everything, one process at a time may.

    Whoever may not leaves it to the one that does. The turn of a process that is killed ends with it.
    """
    if not settings.ONE_WORKER:
        yield True
        return
    with (Path(settings.DATA_DIR) / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
