"""From the bytes of a text file to text in which no sign misleads."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

from questions.formats import limits
from questions.formats.drafts import WARNING, WHOLE_FILE, FileRefused, Problem, Where
from rendering.characters import clean_text

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = bytes({*range(32)} - {*b"\t\n\r\f\x0b\x1a\x1b"})
_STRAY = 4


@dataclass(frozen=True, slots=True)
class Text:
    """What a text file says, with `\\n` at the ends of lines, and what was done to it."""

    text: str
    remarks: tuple[Problem, ...] = ()


def read_text(data: bytes) -> Text:
    """Return the text in `data`.

    A mark at the beginning tells the encoding; else it is UTF-8, and what is not is read as Windows-1252, with a
    warning. Raises `FileRefused` for what is too large, or no text.
    """
    if len(data) > limits.FILE_BYTES:
        raise FileRefused("too_large", most=limits.FILE_BYTES // (1024 * 1024))
    text, remarks = _decoded(data)
    return cleaned(text, remarks)


def cleaned(text: str, remarks: Sequence[Problem] = ()) -> Text:
    """Return `text` without signs that mislead, which is remarked. Raises `FileRefused` when nothing is in it."""
    if not text.strip():
        raise FileRefused("nothing_found")
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    clean = clean_text(plain)
    if len(clean) != len(plain):
        remarks = [*remarks, Problem(_first_change(plain, clean), WARNING, "signs_removed")]
    return Text(clean, tuple(remarks))


def unmarked(data: bytes) -> str | None:
    """Return the text behind a mark that tells its encoding, None where there is no mark. Raises `FileRefused`."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise FileRefused("not_text") from error
    return None


def _decoded(data: bytes) -> tuple[str, list[Problem]]:
    marked = unmarked(data)
    if marked is not None:
        return marked, []
    # A NUL is in no text, and a few stray signs are; a picture or a program has them everywhere.
    if b"\0" in data or len(data) - len(data.translate(None, _CONTROLS)) > max(_STRAY, len(data) // 100):
        raise FileRefused("not_text")
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
        return text, [Problem(WHOLE_FILE, WARNING, "encoding_guessed")]


def _first_change(before: str, after: str) -> Where:
    lines = zip(before.split("\n"), after.split("\n"), strict=False)
    changed = (number for number, (one, other) in enumerate(lines, start=1) if one != other)
    return Where(line=next(changed, 1))
