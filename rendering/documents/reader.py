"""Lets a document be read by a process of its own, and hears what it says."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO, Final

from rendering.documents.frames import BrokenOffError, Reading, Trouble, heard
from rendering.documents.sniffing import Kind

# A busy machine lets it wait; what it works itself is bounded more tightly.
SECONDS: Final = 30
_ROOT = Path(__file__).resolve().parents[2]
# All that the process is told: keys and passwords stay here.
_TOLD: Final = {"LC_ALL": "C.UTF-8"}
# Somebody else's doing: the machine goes down, or had no memory left for anybody.
_STOPPED = frozenset({signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGHUP})


class NotRead(Exception):  # noqa: N818 -- an answer about the document
    """A document was not read. `again` says whether another try may end otherwise."""

    def __init__(self, trouble: Trouble, *, again: bool = False) -> None:
        super().__init__(trouble.name)
        self.trouble = trouble
        self.again = again


def read(file: IO[bytes], kind: Kind, *, seconds: float = SECONDS) -> Reading:
    """Return the first pages and the words of the document in `file`.

    Takes at most `seconds` by the clock; nothing that a document does to its reader reaches this process.
    Raises `NotRead`.
    """
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as said:
        shutil.copyfileobj(file, source)
        source.seek(0)
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "rendering.documents.reading", kind.value],
                stdin=source,
                stdout=said,
                stderr=subprocess.DEVNULL,
                cwd=_ROOT,
                env=_TOLD,
                # What ends the worker by its keyboard leaves it a moment to finish.
                start_new_session=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise NotRead(Trouble.TOO_SLOW, again=True) from error
        if ended.returncode:
            raise _why(ended.returncode)
        said.seek(0)
        try:
            return heard(said)
        except BrokenOffError as error:
            raise NotRead(Trouble.DAMAGED) from error


def _why(status: int) -> NotRead:
    if status == -signal.SIGXCPU:
        # Its own working time was over, which is no longer the next time.
        return NotRead(Trouble.TOO_SLOW)
    if -status in _STOPPED:
        return NotRead(Trouble.STOPPED, again=True)
    try:
        return NotRead(Trouble(status))
    except ValueError:
        return NotRead(Trouble.DAMAGED)
