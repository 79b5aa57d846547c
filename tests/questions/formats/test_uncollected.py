"""The collector of garbage rests while a file is read, and works again whatever became of the file."""

from __future__ import annotations

import gc
from contextlib import suppress

import pytest

from questions import formats
from questions.formats.drafts import FileRefused, Parsed
from questions.formats.uncollected import uncollected


def test_reader_is_left_alone_by_the_collector_and_nobody_else() -> None:
    seen = []

    def read(_data: bytes) -> Parsed:
        seen.append(gc.isenabled())
        raise FileRefused("nothing_found")

    with suppress(FileRefused):
        formats.read_as("gift", b"", {"gift": read})
    assert (seen, gc.isenabled()) == ([False], True)


def test_collector_works_again_after_the_last_of_two_that_overlap() -> None:
    first, second = uncollected(), uncollected()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    second.__exit__(None, None, None)
    assert gc.isenabled()


def test_collector_that_somebody_stopped_stays_stopped() -> None:
    gc.disable()
    try:
        with pytest.raises(RuntimeError), uncollected():
            raise RuntimeError
        assert not gc.isenabled()
    finally:
        gc.enable()
