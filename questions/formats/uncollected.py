"""Reading without the search for circular garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Pause the collector of circular garbage, for the whole process.

    A reader makes up to a million small things, none of them in a circle, and the collector looks through all of them
    again and again: that takes longer than to read. What nobody refers to is freed at once all the same. Readers in
    two threads may end in any order: whoever found the collector at work sets it to work again.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
