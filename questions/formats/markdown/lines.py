"""The lines of a Markdown file, and which of them are code: a heading or a list within a fence is neither."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

_FENCE = re.compile(r"(?P<sign>`{3,}|~{3,})(?P<rest>.*)")
_SHORTEST = 3
# Code may begin right behind the mark of an option.
_MARK = re.compile(
    r" {0,3}(?:[-*+]\s{1,5}(?:\[\s?[ xX]?\s?\]|[A-Z]\s?[:.)])|\[[ *xX]?\]|\*?[a-zA-Z]\)|[A-Z]\.)\s{1,5}(?=[`~]{3})"
)


class Line(NamedTuple):
    """One line. `is_code` is true of the fences themselves, too; `opens` of those that begin code."""

    number: int
    text: str
    is_code: bool = False
    opens: bool = False
    # A fence that nothing closes is none: it would swallow all that follows.
    is_unclosed: bool = False

    @property
    def is_blank(self) -> bool:
        return not self.is_code and (not self.text or self.text.isspace())

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip(" \t"))


def lines_of(text: str) -> list[Line]:
    """Return the lines of `text`."""
    texts = text.split("\n")
    if "```" not in text and "~~~" not in text:
        return [Line(number, line) for number, line in enumerate(texts, start=1)]
    closers = {sign: _Closers(sign, texts) for sign in "`~"}
    lines: list[Line] = []
    closing = ""
    for number, line in enumerate(texts, start=1):
        if "```" not in line and "~~~" not in line:
            lines.append(Line(number, line, bool(closing)))
            continue
        if closing:
            lines.append(Line(number, line, is_code=True))
            if _closes(line.strip(), closing):
                closing = ""
            continue
        mark = _MARK.match(line)
        sign = opening(line[mark.end() :] if mark else line)
        if sign and closers[sign[0]].longest_below(number) >= len(sign):
            closing = sign
            if mark:
                # The line itself begins an option.
                lines.append(Line(number, line))
                continue
        lines.append(
            Line(number, line, bool(closing), bool(closing), is_unclosed=bool(sign) and not (closing or mark))
        )
    return lines


def opening(line: str) -> str:
    """Return the signs of the fence that a line begins, "" for a line that begins none."""
    stripped = line.strip()
    found = _FENCE.fullmatch(stripped) if stripped[:1] in ("`", "~") else None
    # "```x```" is code within a line.
    if found is None or (found["sign"][0] == "`" and "`" in found["rest"]):
        return ""
    return found["sign"]


def _closes(stripped: str, fence: str) -> bool:
    return len(stripped) >= len(fence) and stripped == fence[0] * len(stripped)


class _Closers:
    """The lines that can close a fence of one sign, and how long the longest one below a line is."""

    def __init__(self, sign: str, texts: Sequence[str]) -> None:
        found = [
            (number, len(stripped))
            for number, text in enumerate(texts, start=1)
            if sign in text and _closes(stripped := text.strip(), sign * _SHORTEST)
        ]
        self._numbers = [number for number, _length in found]
        self._longest = [length for _number, length in found]
        for at in range(len(found) - 2, -1, -1):
            self._longest[at] = max(self._longest[at], self._longest[at + 1])

    def longest_below(self, number: int) -> int:
        at = bisect_right(self._numbers, number)
        return self._longest[at] if at < len(self._longest) else 0
