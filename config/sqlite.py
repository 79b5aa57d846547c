"""What SQLite has to be told so that a search finds the same as on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

Matcher = Callable[[str], bool]


def add_functions(sender: object, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Give a new SQLite connection a LIKE that knows more letters than A to Z.

    Django's `icontains`, `iexact`, `istartswith` and the searches of the admin are LIKE there, and SQLite's own finds
    "Ólafur" only in the case in which it was written.
    """
    if connection.vendor == "sqlite":
        for arguments in (2, 3):
            connection.connection.create_function("like", arguments, like, deterministic=True)


def like(pattern: Any, value: Any, escape: str | None = None) -> bool | None:
    """Whether `value` LIKE `pattern` whatever the case; without one of them that is unknown."""
    if pattern is None or value is None:
        return None
    return matcher(str(pattern), escape)(upper(value if isinstance(value, str) else str(value)))


@lru_cache(maxsize=256)
def matcher(pattern: str, escape: str | None) -> Matcher:
    """Return what `pattern` asks of a text in upper case."""
    parts: list[str] = []
    literal = ""
    letters = iter(pattern)
    for letter in letters:
        if letter == escape:
            literal += next(letters, "")
        elif letter in "%_":
            parts += [literal, letter]
            literal = ""
        else:
            literal += letter
    parts.append(literal)
    match parts:
        # What every search asks; there is nothing quicker than `in`.
        case ["", "%", text, "%", ""]:
            needle = upper(text)
            return lambda value: needle in value
    signs = {"%": ".*", "_": "."}
    expression = "".join(
        signs[part] if place % 2 else re.escape(upper(part)) for place, part in enumerate(parts)
    )
    compiled = re.compile(expression, re.DOTALL)
    return lambda value: compiled.fullmatch(value) is not None


def upper(text: str) -> str:
    """Return `text` in upper case, letter by letter as PostgreSQL does: "ß" has no capital and stays."""
    raised = text.upper()
    if len(raised) == len(text):
        return raised
    return "".join(big if len(big := letter.upper()) == 1 else letter for letter in text)
