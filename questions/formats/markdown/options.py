"""The options of a section: which lines begin one, which go on with it, and where they end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from questions.formats.markdown.lines import Line, opening

TASK = re.compile(r" {0,3}[-*+]\s{1,5}\[\s?(?P<mark>[ xX]?)\s?\](?P<text>\s.*|)")
# text2qti: "*b)" is right where one is asked for, "[*]" where several are.
PLAIN = re.compile(r" {0,3}(?P<letter>[A-Z])\.\s+(?P<text>\S.*)")
STARRED = re.compile(r" {0,3}(?P<mark>\*?)(?P<letter>[a-zA-Z])\)\s(?P<text>.*)")
BRACKETS = re.compile(r" {0,3}\[(?P<mark>[ *xX]?)\](?P<text>\s.*)")
LETTERED = re.compile(r" {0,3}[-*+]\s{1,5}(?P<letter>[A-Z])\s?[:.)](?P<text>.*)")

# The first that a section has is how it writes its options: what looks like another stands in a text.
_STYLES = (TASK, BRACKETS, LETTERED, STARRED, PLAIN)
# What all of them begin with: most lines do not.
_MAY_BEGIN = re.compile(r" {0,3}(?:[-+*\[]|[a-zA-Z]\)|[A-Z]\.)")
# Where nothing marks the right one, a letter below tells.
LETTERS_TELL = (LETTERED, STARRED, PLAIN)
# A list with one letter is some list.
_IN_ORDER = (LETTERED, PLAIN)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What stands in place of the text of an option that is a block of code.
_BARE = re.compile(r"(?:[A-Za-z][).:]?|[:.])?")
_INDENT = 2
_FEEDBACK = re.compile(r"\s*(?:>|\.\.\.)\s?(.*)")


class Style(NamedTuple):
    """How a section writes its options, and where the first of them stands in its body."""

    pattern: re.Pattern[str]
    first: int


@dataclass(slots=True)
class Item:
    """One option: what stands behind its mark, and the lines that belong to it."""

    is_right: bool
    text: str
    lines: list[Line] = field(default_factory=list)
    # Where in `lines` code begins that stands at the margin: it may belong to what follows the options.
    loose: int = -1

    @property
    def has_code(self) -> bool:
        return any(line.is_code for line in self.lines)

    def content(self) -> tuple[str, str]:
        """Return the option's text and its feedback, which is quoted at its end."""
        if not self.lines:
            return self.text, ""
        lines = list(self.lines)
        said: list[str] = []
        while lines and (lines[-1].is_blank or not lines[-1].is_code):
            found = _FEEDBACK.fullmatch(lines[-1].text)
            if found is None and not (lines[-1].is_blank and not said):
                break
            lines.pop()
            said += [found[1]] if found else []
        text = "" if self.has_code and _BARE.fullmatch(self.text) else self.text
        # Directly below an empty mark stands the text as it is, with an indent of its own.
        is_below = not self.text and bool(lines) and not lines[0].is_blank and not lines[0].opens
        most = _INDENT if is_below else None
        if opening(text):
            # Code that begins behind the mark of its option is indented as far as what closes it.
            most = min((line.indent for line in lines if line.text.strip()), default=0)
        content = "\n".join([text, *_dedented(lines, most)])
        return content.strip("\n"), "\n".join(reversed(said))


def style_of(body: Sequence[Line]) -> Style | None:
    """Return how the options of a section are written, None for a section without any."""
    first: dict[re.Pattern[str], int] = {}
    letters = set()
    for at, line in enumerate(body):
        if not _MAY_BEGIN.match(line.text) or line.is_code:
            continue
        for pattern in _STYLES:
            found = pattern.fullmatch(line.text)
            if found:
                first.setdefault(pattern, at)
                letters |= {found["letter"].upper()} if pattern in LETTERS_TELL else set()
    for pattern in _STYLES:
        if pattern in first and (pattern not in _IN_ORDER or {"A", "B"} <= letters):
            return Style(pattern, first[pattern])
    return None


def items_of(body: Sequence[Line], style: Style) -> tuple[list[Item], list[Line]]:
    """Return the options, and the lines below them."""
    items: list[Item] = []
    end = len(body)
    for at in range(style.first, len(body)):
        line = body[at]
        item = _begun(line, style, len(items))
        if item:
            items.append(item)
        elif line.is_code or line.is_blank or _goes_on(line, body[at - 1]):
            _add(items[-1], line)
        else:
            end = at
            break
    rest = list(body[end:])
    last = items[-1]
    if last.loose >= 0 and not all(item.has_code for item in items[:-1]):
        rest = [*last.lines[last.loose :], *rest]
        del last.lines[last.loose :]
    return items, rest


def _begun(line: Line, style: Style, count: int) -> Item | None:
    if line.is_code:
        return None
    found = style.pattern.fullmatch(line.text)
    if found is None:
        return None
    if style.pattern in _IN_ORDER:
        expected = _LETTERS[count : count + 1]
        return Item(is_right=False, text=found["text"].strip()) if found["letter"] == expected else None
    return Item(bool(found["mark"].strip()), found["text"].strip())


def _goes_on(line: Line, before: Line) -> bool:
    is_indented = line.text.startswith(("  ", "\t"))
    # A line directly below another belongs to the same paragraph, wherever it begins.
    return is_indented or not (before.is_blank or before.is_code) or line.text.startswith("...")


def _add(item: Item, line: Line) -> None:
    if line.opens and not line.indent and item.loose < 0:
        item.loose = len(item.lines)
    item.lines.append(line)


def _dedented(lines: Sequence[Line], most: int | None) -> list[str]:
    edges = [line.indent for line in lines if not line.is_blank and (line.opens or not line.is_code)]
    edge = min(edges, default=0) if most is None else most
    return [line.text[min(edge, line.indent) :] for line in lines]
