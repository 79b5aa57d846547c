"""A quiz in Markdown is sections, each below its heading or, where no heading asks anything, below its number."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from questions.formats import limits
from questions.formats.drafts import FileRefused
from questions.formats.markdown.facts import Facts, facts_of
from questions.formats.markdown.lines import Line
from questions.formats.markdown.options import Style, style_of
from questions.formats.names import MARKDOWN

_HEADING = re.compile(r" {0,3}(#{1,6})(?:\s+(.*))?$")
_NUMBER = re.compile(r"(?:(?:Q|Question)\s{0,3}\d{1,5}\s{0,2}[.:)-]?|\d{1,5}[.):])(?:\s+|$)", re.IGNORECASE)
_NUMBERED_LINE = re.compile(r" {0,3}(?:\*\*)?(?:Q(?:uestion)?\s{0,3})?\d{1,5}[.):]\s+\S", re.IGNORECASE)
_ANSWER = re.compile(r"[*_ ]{0,4}(?:correct )?answers?\b", re.IGNORECASE)
# Headings that ask nothing stand between questions.
_MOST_SECTIONS = 2 * limits.QUESTIONS


@dataclass
class Section:
    """What stands from one heading to the next. `level` is 0 for what a number begins."""

    line: int
    level: int
    title: str
    is_numbered: bool
    body: list[Line] = field(default_factory=list)
    # What text2qti says in it that was left out, filled while it is read.
    directives: list[str] = field(default_factory=list)

    @cached_property
    def style(self) -> Style | None:
        """How its options are written, None where it has none."""
        return style_of(self.body)

    @cached_property
    def facts(self) -> Facts:
        """What a comment says of the question."""
        return facts_of(self.body)

    @property
    def asks(self) -> bool:
        """Whether this is a question: it has options, or says that it is open."""
        return self.style is not None or self.facts.is_open


def sections_of(lines: Sequence[Line]) -> list[Section]:
    """Return the sections that are questions, or should be.

    A heading below a question's own that asks nothing itself belongs to that question.
    """
    found = _split(lines, _HEADING, _heading)
    if not any(section.asks for section in found):
        numbered = _split(lines, _NUMBERED_LINE, _numbered)
        found = numbered if any(section.asks for section in numbered) else found
    sections: list[Section] = []
    for section in found:
        if section.asks or section.is_numbered:
            sections.append(section)
        elif sections and section.level > sections[-1].level:
            heading = Line(section.line, f"{'#' * section.level} {section.title}")
            sections[-1].body += [heading, *section.body]
    return sections


def _split(
    lines: Sequence[Line],
    pattern: re.Pattern[str],
    begun: Callable[[Line, re.Match[str]], Section | None],
) -> list[Section]:
    sections: list[Section] = []
    begin = 0
    for at, line in enumerate(lines):
        found = pattern.match(line.text)
        section = begun(line, found) if found and not line.is_code else None
        if section:
            if sections:
                sections[-1].body += lines[begin:at]
            sections.append(section)
            begin = at + 1
            if len(sections) > _MOST_SECTIONS:
                raise FileRefused("too_many_questions", like=MARKDOWN, most=limits.QUESTIONS)
    if sections:
        sections[-1].body += lines[begin:]
    return sections


def _heading(line: Line, found: re.Match[str]) -> Section | None:
    title = (found[2] or "").strip()
    return None if _ANSWER.match(found[2] or "") else _section(line, len(found[1]), title)


def _numbered(line: Line, _found: re.Match[str]) -> Section:
    return _section(line, 0, line.text.strip())


def _section(line: Line, level: int, title: str) -> Section:
    bold = title.startswith("**")
    number = _NUMBER.match(title, 2 if bold else 0)
    if number:
        title = ("**" if bold else "") + title[number.end() :]
    return Section(line.number, level, title.strip(), bool(number))
