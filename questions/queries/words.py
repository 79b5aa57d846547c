"""The words of a question."""

from __future__ import annotations

import re
from typing import Any

# Around whole words alone: in "2 * 3 * 4" they are part of what is asked.
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=\w)([^*\n]{1,200})(?<=\w)\1(?![\w*])")
_CODE_BLOCK = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
# Of a picture its description is read, of a link its words. Bounded, so that no text takes longer than its length.
_PICTURE = re.compile(r"!\[([^\]\n]{0,500})\]\([^)\s]{0,500}\)")
_LINK = re.compile(r"\[([^\]\n]{1,500})\]\((?:https?://|mailto:)[^)\s]{1,500}\)")


def plain_stem(stem: str) -> str:
    """Return the words of a question in one line: without code blocks where there are other words."""
    prose = _LINK.sub(r"\1", _PICTURE.sub(r" \1 ", _CODE_BLOCK.sub(" ", stem)))
    words = " ".join(_EMPHASIS.sub(r"\2", prose).replace("`", "").split())
    return words or " ".join(stem.replace("`", "").split())


def question_title(question: Any) -> str:
    """Return what a question of `with_stem` is called in a list."""
    return question.name or plain_stem(question.stem or "") or question.external_id
