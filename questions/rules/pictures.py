"""Pictures in questions: how they are called, and where texts say they are."""

from __future__ import annotations

import re
import secrets
from typing import Final

# Texts name a picture by its address on this site, and no other picture is shown.
PICTURES: Final = "/pictures/"
LONGEST_ALT: Final = 300

_NAMED = re.compile(r"\]\(<?" + PICTURES + r"([\w-]{10,40})[\s)>]", re.ASCII)
_MARKS = re.compile(r"([\\\[\]*_`<>!])")


def picture_code() -> str:
    """Return a name for a picture that nobody guesses: 128 bits, for whoever has it may fetch the picture."""
    return secrets.token_urlsafe(16)


def picture_markdown(public_id: str, alt: str) -> str:
    """Return what shows a picture in a text; `alt` is what it shows, for whoever does not see it."""
    words = _MARKS.sub(r"\\\1", " ".join(alt.split()))
    return f"![{words}]({PICTURES}{public_id})"


def pictures_in(text: str) -> list[str]:
    """Return the names of the pictures of ours that a text shows, in its order."""
    return _NAMED.findall(text)
