"""GIFT is blocks between blank lines, with comments and changes of the category among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from questions.formats.categories import category_path

CATEGORY = "$CATEGORY:"
_COMMENT = "//"
_FENCE = "```"
_PRE, _PRE_END = "<pre", "</pre"
_MARK = re.compile(r"\[(id|tag):")


@dataclass(slots=True)
class Block:
    """One question's lines, and what the comments before and within it say."""

    external_id: str = ""
    tags: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    # The number in the file of each of them.
    numbers: list[int] = field(default_factory=list)
    comments_in_text: list[int] = field(default_factory=list)
    category: str = ""
    in_code: bool = False
    in_pre: bool = False
    has_answers: bool = False

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def line(self) -> int:
        return self.numbers[0]

    def line_at(self, offset: int) -> int:
        """Return the number of the line of the file where the sign at `offset` of `text` stands."""
        if len(self.numbers) == 1:
            return self.line
        return self.numbers[self.text.count("\n", 0, offset)]


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a file that hold more than comments."""
    block = Block()
    for number, line in enumerate(text.split("\n"), start=1):
        trimmed = line.strip()
        if not trimmed:
            if block.lines:
                yield block
                block = Block(category=block.category)
        elif trimmed.startswith(_COMMENT):
            _note(block, number, trimmed)
        elif trimmed.startswith(CATEGORY) and not block.lines:
            block.category = category_path(trimmed.removeprefix(CATEGORY))
        else:
            _add(block, number, line, trimmed)
    if block.lines:
        yield block


def _add(block: Block, number: int, line: str, trimmed: str) -> None:
    is_fence = trimmed.startswith(_FENCE)
    # Moodle used to trim every line; code keeps its indent where it says that it is code.
    is_code = (block.in_code and not is_fence) or block.in_pre
    block.lines.append(line.rstrip() if is_code else trimmed)
    block.numbers.append(number)
    block.in_code ^= is_fence
    tags = trimmed.casefold()
    if _PRE in tags or _PRE_END in tags:
        block.in_pre = tags.rfind(_PRE) > tags.rfind(_PRE_END)
    block.has_answers = block.has_answers or "{" in trimmed


def _note(block: Block, number: int, comment: str) -> None:
    if block.lines and (block.in_code or not block.has_answers):
        block.comments_in_text.append(number)
        return
    for mark, text in _bracketed(comment):
        if mark == "id":
            block.external_id = text
        else:
            block.tags.append(text)


def _bracketed(comment: str) -> Iterator[tuple[str, str]]:
    """Yield each mark with what stands between it and the next bracket that no backslash escapes, marks included."""
    end = 0
    while found := _MARK.search(comment, end):
        start = found.end()
        end = comment.find("]", start)
        while end > start and comment[end - 1] == "\\":
            end = comment.find("]", end + 1)
        if end < 0:
            return
        yield found[1], comment[start:end].replace("\\]", "]").strip()
