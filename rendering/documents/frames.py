"""What the process that reads a document says to the one that asked: piece by piece, each with its length in front."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import Enum
from typing import IO, Final

MOST_PAGES: Final = 10
MOST_LETTERS: Final = 200_000

_HEAD = struct.Struct(">4sI")
_SIZE = struct.Struct(">HH")
_COUNT = struct.Struct(">I")
_PAGE, _TEXT, _END = b"PAGE", b"TEXT", b"END."


class Trouble(Enum):
    """Why a document cannot be read. The reading process ends with this status."""

    DAMAGED = 10
    LOCKED = 11
    TOO_LARGE = 12
    NO_TEXT = 13
    # These two are found out from outside.
    TOO_SLOW = 14
    STOPPED = 15


@dataclass(frozen=True, slots=True)
class Page:
    """A page as a PNG."""

    content: bytes
    width: int
    height: int


@dataclass(slots=True)
class Reading:
    """What a document holds: its first pages as pictures, where it has pages, and its words."""

    text: str = ""
    pages: list[Page] = field(default_factory=list)
    # How many pages it has in all.
    page_count: int = 0


class BrokenOffError(Exception):
    """What was said ends in the middle or makes no sense."""


def say_page(out: IO[bytes], page: Page) -> None:
    """Write a page."""
    _say(out, _PAGE, _SIZE.pack(page.width, page.height) + page.content)


def say_text(out: IO[bytes], text: str) -> None:
    """Write the words."""
    _say(out, _TEXT, text.encode("utf-8", "replace"))


def say_end(out: IO[bytes], page_count: int) -> None:
    """Write that this was all, and how many pages there are in all. Without it nothing of it counts."""
    _say(out, _END, _COUNT.pack(page_count))
    out.flush()


def heard(source: IO[bytes]) -> Reading:
    """Return what was said. Raises `BrokenOffError`: a reader that a document took over may say anything."""
    reading = Reading()
    try:
        while True:
            kind, length = _HEAD.unpack(_exactly(source, _HEAD.size))
            content = _exactly(source, length)
            if kind == _PAGE and len(reading.pages) < MOST_PAGES:
                width, height = _SIZE.unpack(content[: _SIZE.size])
                reading.pages.append(Page(content[_SIZE.size :], width, height))
            elif kind == _TEXT:
                reading.text = content.decode()[:MOST_LETTERS]
            elif kind == _END:
                (reading.page_count,) = _COUNT.unpack(content)
                return reading
            else:
                raise BrokenOffError(kind)
    except (struct.error, UnicodeDecodeError) as error:
        raise BrokenOffError from error


def _say(out: IO[bytes], kind: bytes, content: bytes) -> None:
    out.write(_HEAD.pack(kind, len(content)))
    out.write(content)


def _exactly(source: IO[bytes], length: int) -> bytes:
    content = source.read(length)
    if len(content) != length:
        raise BrokenOffError
    return content
