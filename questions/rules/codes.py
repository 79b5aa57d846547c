"""Codes of options: what answers and keys refer to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import count
from string import ascii_lowercase


def free_codes(used: Collection[str]) -> Iterator[str]:
    """Return codes that no option of a question has or had: a, b, c … z, a1, b1 …"""
    return (
        code
        for number in count()
        for letter in ascii_lowercase
        if (code := f"{letter}{number or ''}") not in used
    )
