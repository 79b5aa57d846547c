"""Languages without a parser here: their quotes and brackets have to match, outside of comments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from questions.rules.lint.parsing.mistakes import Mistake, leaves_out, line_of

_PAIRS: Final = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Signs:
    """How a language writes what holds no code: `skipped` matches a comment, a text or the like as a whole.

    `openers` are the quotes that are left over where `skipped` did not match: those that nobody closed.
    """

    skipped: re.Pattern[str]
    openers: str


# Each alternative is taken at the first sign that can begin it, so the scan is linear.
SIGNS: Final[Mapping[str, Signs]] = {
    "sql": Signs(
        re.compile(
            r"--[^\n]*|/\*.*?\*/|'(?:[^'\\]|''|\\.)*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|(\$\w*\$).*?\1", re.DOTALL
        ),
        "'\"`",
    ),
    "javascript": Signs(
        re.compile(
            r"//[^\n]*|/\*.*?\*/|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|`(?:[^`\\]|\\.)*`"
            # A pattern stands where a value is expected.
            r"|(?:(?<=[(,=:\[!&|?{};\n])|(?<=return)|(?<=^))\s*/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*",
            re.DOTALL,
        ),
        "'\"`",
    ),
    "css": Signs(
        re.compile(r"/\*.*?\*/|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\"|url\([^)'\"]*\)", re.DOTALL), "'\""
    ),
}


def why_not_balanced(code: str, signs: Signs) -> Mistake | None:
    """Return the first quote or bracket that has no partner. What is left out may close what stays open."""
    opened: list[tuple[str, int]] = []
    at = 0
    while at < len(code):
        skipped = signs.skipped.match(code, at)
        if skipped and skipped.end() > at:
            at = skipped.end()
            continue
        sign = code[at]
        if sign in signs.openers:
            return Mistake(line_of(code, at), "quote", sign)
        if sign in "([{":
            opened.append((sign, at))
        elif sign in _PAIRS:
            if not opened or opened[-1][0] != _PAIRS[sign]:
                return None if leaves_out(code) else Mistake(line_of(code, at), "not_opened", sign)
            opened.pop()
        at += 1
    if opened and not leaves_out(code):
        sign, at = opened[-1]
        return Mistake(line_of(code, at), "not_closed", sign)
    return None
