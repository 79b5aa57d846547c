"""What a comment in a section says of its question: nobody who reads the Markdown sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from questions.formats.drafts import OPEN
from questions.formats.fractions import fraction_said
from questions.formats.markdown.lines import Line

_FACT = re.compile(
    r"\s*(id|name|kind|level|difficulty|skills|tags|category|marking|shares|places|source)\s*:\s*(.*)"
)
_BEGIN, _END = "<!--", "-->"


@dataclass(frozen=True)
class Facts:
    """The facts by name."""

    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        return self.said.get("kind") == OPEN

    def text(self, name: str) -> str:
        return self.said.get(name, "")

    def texts(self, name: str) -> tuple[str, ...]:
        """The words between commas, none where nothing is said."""
        words = (word.strip() for word in self.text(name).split(","))
        return tuple(word for word in words if word)

    def difficulty(self) -> int | None:
        text = self.text("difficulty")
        return int(text) if text in {"1", "2", "3", "4", "5"} else None

    def shares(self) -> list[Fraction] | None:
        """The share of each option. Raises `ValueError` for what is none."""
        if "shares" not in self.said:
            return None
        try:
            return [fraction_said(text) for text in self.text("shares").split(",")]
        except OverflowError as error:
            raise ValueError(str(error)) from error

    def places(self) -> list[str]:
        return [text.strip() for text in self.text("places").split(",")]


def facts_of(body: Sequence[Line]) -> Facts:
    """Return what the comments in `body` say; the first word on a matter counts."""
    said: dict[str, str] = {}
    for line in _commented(body):
        found = _FACT.fullmatch(line)
        if found:
            said.setdefault(found[1], found[2].strip())
    return Facts(said)


def without_comments(body: Sequence[Line]) -> list[Line]:
    """Return the lines of `body` that belong to no comment."""
    within = _within(body)
    return [line for line, is_comment in zip(body, within, strict=True) if not is_comment]


def _commented(body: Sequence[Line]) -> list[str]:
    within = _within(body)
    return [
        line.text.replace(_BEGIN, "").replace(_END, "")
        for line, is_comment in zip(body, within, strict=True)
        if is_comment
    ]


def _within(body: Sequence[Line]) -> list[bool]:
    """Tell of each line whether it belongs to a comment that begins at a line's beginning and ends at its end."""
    within = [False] * len(body)
    start = -1
    for at, line in enumerate(body):
        if line.is_code or "--" not in line.text:
            continue
        if start < 0 and line.text.lstrip().startswith(_BEGIN):
            start = at
        if start >= 0 and line.text.rstrip().endswith(_END):
            within[start : at + 1] = [True] * (at + 1 - start)
            start = -1
    return within
