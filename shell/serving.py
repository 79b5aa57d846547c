"""Since when this process answers requests.

What it finds at its start was left behind by the last run: nobody is told that a part of the installation is silent
before it had time to say its first word.
"""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

_begun: float | None = None


def begin() -> None:
    """Note that the process serves from now on. Processes that never do (workers, commands) do not call this."""
    global _begun  # noqa: PLW0603 -- one a process
    _begun = monotonic()


def served_for() -> timedelta | None:
    """Return how long the process has served, by a clock that nobody sets; None where it does not serve."""
    return None if _begun is None else timedelta(seconds=monotonic() - _begun)
