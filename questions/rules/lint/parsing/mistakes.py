"""What is wrong with code, and where."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

# "…", and dots alone on a line or in a comment: something was left out there, so that the rest need not be balanced.
_LEFT_OUT: Final = re.compile(r"…|^\W*\.\.\.\W*$|(?:#|//|--|/\*|<!--|\{#)\s*\.\.\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake: its line in the block, from 1; `why` is a code of ours, `sign` what it is about.

    `why` is "parser" where the parser of the language says it, in its own English words, which are the `sign`.
    """

    line: int
    why: str
    sign: str = ""


def line_of(code: str, at: int) -> int:
    """Return the line of a place in `code`, from 1."""
    return code.count("\n", 0, at) + 1


def leaves_out(code: str) -> bool:
    """Whether the author says that something of the code is left out."""
    return _LEFT_OUT.search(code) is not None
