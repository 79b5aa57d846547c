"""The signs of GIFT. Escaped ones are put out of the way once, in one pass, so that what is left is meant as a sign."""

from __future__ import annotations

import re
from typing import Final

# `read_text` leaves no control characters in a text but tabs and line ends, so these stand for nothing else.
_HELD: Final = {
    "\\": "\x01",
    ":": "\x02",
    "#": "\x03",
    "=": "\x04",
    "{": "\x05",
    "}": "\x06",
    "~": "\x07",
    "n": "\x08",
}
_ESCAPED: Final = re.compile(r"\\([\\:#={}~n])")
_SHOWN: Final = str.maketrans({held: "\n" if sign == "n" else sign for sign, held in _HELD.items()})
_WRITTEN: Final = str.maketrans(
    {sign: f"\\{sign}" for sign in "\\:#={}~"} | {"\n": "\\n", "\r": None},
)


def hold(text: str) -> str:
    """Return `text` with every escaped sign replaced by one that means nothing.

    From left to right: in `\\\\{` the backslash is escaped and the brace is not.
    """
    return _ESCAPED.sub(lambda found: _HELD[found[1]], text) if "\\" in text else text


def shown(held: str) -> str:
    """Return held text as people read it."""
    # What can be printed holds no sign that was put away.
    return held if held.isprintable() else held.translate(_SHOWN)


def escaped(text: str) -> str:
    """Return `text` in one line, with a backslash before every sign."""
    return text.translate(_WRITTEN)
