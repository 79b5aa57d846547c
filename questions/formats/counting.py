"""How far a reader is, for somebody who waits: every reader counts what it found, and who calls it may listen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

# Listening more often would cost more than reading.
EVERY: Final = 100
# Called with how many things were found so far.
Heard = Callable[[int], None]
_LISTENER: ContextVar[Heard | None] = ContextVar("questions_found", default=None)


@contextmanager
def listening(heard: Heard) -> Iterator[None]:
    """Call `heard` with how many things were found after each hundred that a reader finds within the block.

    What it raises stops the reader.
    """
    token = _LISTENER.set(heard)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def listener() -> Heard | None:
    """Return who listens, if anybody does."""
    return _LISTENER.get()
