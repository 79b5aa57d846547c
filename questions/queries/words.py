"""The words of a question."""

from __future__ import annotations

import re

# Around whole words alone: in "2 * 3 * 4" they are part of what is asked.
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,2})(?=\w)([^*\n]{1,200})(?<=\w)\1(?![\w*])")
_CODE_BLOCK = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)


def plain_stem(stem: str) -> str:
    """Return the words of a question in one line: without code blocks where there are other words."""
    words = " ".join(_EMPHASIS.sub(r"\2", _CODE_BLOCK.sub(" ", stem)).replace("`", "").split())
    return words or " ".join(stem.replace("`", "").split())
