"""Threads that start at one moment, for races on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connections


def run_parallel(function: Callable[[], Any], count: int, *, seconds: float = 60.0) -> list[Any]:
    """Call `function` in `count` threads that start together; return what each returned or raised.

    Each thread has its own database connection, closed at its end. The test must use `transactional_db`, or its data
    is invisible to the threads.
    """
    return run_all([function] * count, seconds=seconds)


def run_all(functions: list[Callable[[], Any]], *, seconds: float = 60.0) -> list[Any]:
    """Like `run_parallel`, each thread with a function of its own; the results keep the order."""
    barrier = threading.Barrier(len(functions))
    outcomes: list[Any] = [TimeoutError("did not end in time")] * len(functions)

    def run(index: int, function: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=seconds)
            outcomes[index] = function()
        except Exception as error:  # noqa: BLE001 -- the test judges it
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    return outcomes
