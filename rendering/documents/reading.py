"""Reads one document in a process of its own, which may die of it: `python -m rendering.documents.reading pdf`.

The document comes in at standard input, what it holds goes out as `frames` says. The process bounds its own memory,
time and output before it looks at the first byte, knows no secret and opens nothing.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import sys
from collections.abc import Callable, Iterator
from typing import IO, Final

from django.conf import settings
from PIL import Image

from rendering.archives import ArchiveError, open_archive
from rendering.characters import clean_text
from rendering.documents.docx import main_part, paragraphs
from rendering.documents.frames import (
    MOST_LETTERS,
    Page,
    Trouble,
    say_end,
    say_page,
    say_text,
)
from rendering.documents.pdf import Locked, PdfReader, Unusable
from rendering.documents.sniffing import Kind

MEMORY: Final = 512 * 1024 * 1024
OUTPUT: Final = 50 * 1024 * 1024
SECONDS: Final = 20
OPEN_FILES: Final = 32
WIDEST: Final = 1_400


class _Ended(Exception):  # noqa: N818 -- an outcome, not an error
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def main(kind: Kind, source: IO[bytes], out: IO[bytes]) -> None:
    """Read `source` to `out`. Ends the process with a `Trouble` where that cannot be done."""
    try:
        _READERS[kind](source.read(), out)
    except _Ended as end:
        sys.exit(end.trouble.value)
    except (MemoryError, OSError):
        # Nothing but the output is written; a file that may not grow is the only way for that to fail.
        sys.exit(Trouble.TOO_LARGE.value)


def _read_pdf(data: bytes, out: IO[bytes]) -> None:
    try:
        with PdfReader(data, widest=WIDEST) as reader:
            words = []
            shown = 0
            for page in reader:
                say_page(out, _page(page.picture))
                words.append(page.text)
                shown += 1
            if not shown:
                raise _Ended(Trouble.DAMAGED)
            say_text(out, _text(words))
            say_end(out, reader.page_count)
    except Locked as error:
        raise _Ended(Trouble.LOCKED) from error
    except Unusable as error:
        raise _Ended(Trouble.DAMAGED) from error


def _read_docx(data: bytes, out: IO[bytes]) -> None:
    try:
        with open_archive(data) as archive:
            part = main_part(archive)
            text = _text(paragraphs(archive, part)) if part else ""
    except (ArchiveError, SyntaxError) as error:
        # lxml's errors of syntax are Python's.
        raise _Ended(Trouble.DAMAGED) from error
    _say_words(text, out)


def _read_txt(data: bytes, out: IO[bytes]) -> None:
    _say_words(_text([data.decode("utf-8-sig", "replace")]), out)


def _read_picture(data: bytes, out: IO[bytes]) -> None:
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as opened:
            opened.thumbnail((WIDEST, WIDEST * 2))
            say_page(out, _page(opened.convert("RGB")))
    except (ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _Ended(Trouble.DAMAGED) from error
    say_end(out, 1)


_READERS: dict[Kind, Callable[[bytes, IO[bytes]], None]] = {
    Kind.PDF: _read_pdf,
    Kind.DOCX: _read_docx,
    Kind.TXT: _read_txt,
    Kind.JPEG: _read_picture,
    Kind.PNG: _read_picture,
}


def _say_words(text: str, out: IO[bytes]) -> None:
    if not text:
        raise _Ended(Trouble.NO_TEXT)
    say_text(out, text)
    say_end(out, 0)


def _text(parts: list[str] | Iterator[str]) -> str:
    """Join pages or paragraphs by an empty line, as far as they are kept."""
    kept: list[str] = []
    left = MOST_LETTERS
    for part in parts:
        words = clean_text(part).strip()[:left]
        if words:
            kept.append(words)
            left -= len(words) + 2
        if left <= 0:
            break
    return "\n\n".join(kept)[:MOST_LETTERS]


def _page(picture: Image.Image) -> Page:
    made = io.BytesIO()
    picture.save(made, "PNG")
    return Page(made.getvalue(), picture.width, picture.height)


def confine() -> None:
    """Bound what this process may take, for good, and let everybody else go first."""
    limits = {
        # At the second the system kills without saying why.
        resource.RLIMIT_CPU: (SECONDS, SECONDS + 2),
        resource.RLIMIT_FSIZE: (OUTPUT, OUTPUT),
        resource.RLIMIT_NOFILE: (OPEN_FILES, OPEN_FILES),
        resource.RLIMIT_CORE: (0, 0),
    }
    for limit, most in limits.items():
        resource.setrlimit(limit, most)
    # macOS knows this limit and refuses to set it.
    with contextlib.suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.nice(10)


if __name__ == "__main__":
    confine()
    # Refusals are words, which nobody reads here.
    settings.configure(USE_I18N=False)
    main(Kind(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
