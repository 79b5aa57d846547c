"""Python: programs, pieces of programs, and sessions with their answers."""

from __future__ import annotations

import ast
import re
import textwrap
import warnings
from collections.abc import Iterator
from typing import Final

from questions.rules.lint.parsing.mistakes import Mistake

_PROMPT: Final = re.compile(r"^\s*>>> ?", re.MULTILINE)
_FOREIGN: Final = re.compile(r"^\s*(?:In \[\d+\]:|Traceback \(most recent call last\):|\$ )", re.MULTILINE)
# What a session answers to code that it could not parse: it was shown on purpose.
_ANSWERED: Final = re.compile(r"(?:Syntax|Indentation|Tab)Error")
_ELLIPSIS: Final = re.compile(r"^(\s*)…\s*$", re.MULTILINE)
# How a piece begins or ends that stood inside something else.
_GOES_ON: Final = (
    (re.compile(r"\s*(?:elif|else)\b"), "if _:\n    pass\n"),
    (re.compile(r"\s*(?:except|finally)\b"), "try:\n    pass\n"),
    (re.compile(r"\s*case\b"), None),
)


def why_not_python(code: str) -> Mistake | None:
    """Return the first mistake in Python code, in a piece of it, or in a session with its answers."""
    if _PROMPT.search(code):
        return _session(code)
    if _FOREIGN.search(code):
        return None
    mistake = _mistake(code)
    if mistake is None:
        return None
    return None if any(_mistake(other) is None for other in _as_pieces(code)) else mistake


def _session(code: str) -> Mistake | None:
    if _ANSWERED.search(code):
        return None
    for start, source in _typed(code):
        mistake = why_not_python(source) if source.strip() else None
        if mistake is not None:
            return Mistake(start + mistake.line - 1, mistake.why, mistake.sign)
    return None


def _typed(code: str) -> Iterator[tuple[int, str]]:
    """Yield what was typed at each prompt, with the number of its first line."""
    start = 0
    lines: list[str] = []
    for number, line in enumerate(code.split("\n"), start=1):
        bare = line.lstrip()
        if bare.startswith(">>>"):
            if lines:
                yield start, "\n".join(lines)
            start, lines = number, [bare[3:].removeprefix(" ")]
        elif bare.startswith("...") and lines:
            lines.append(bare[3:].removeprefix(" "))
        elif lines:
            yield start, "\n".join(lines)
            lines = []
    if lines:
        yield start, "\n".join(lines)


def _as_pieces(code: str) -> Iterator[str]:
    """Yield the code as it would read where it was taken from."""
    piece = textwrap.dedent(_ELLIPSIS.sub(r"\1...", code)).strip("\n")
    yield piece
    opened = _opened(piece)
    yield opened
    for begins, before in _GOES_ON:
        if begins.match(piece):
            if before is not None:
                yield before + piece
                yield before + opened
            else:
                yield "match _:\n" + textwrap.indent(piece, "    ")
    yield opened.rstrip() + "\ndef _(): pass"
    if "await " in piece or "async " in piece or "yield" in piece or "return" in piece:
        yield "async def _():\n" + textwrap.indent(opened, "    ")


def _opened(piece: str) -> str:
    """The piece with something to do behind each line that opens a block, where nothing or a comment stands in it."""
    lines = piece.split("\n")
    made: list[str] = []
    for number, line in enumerate(lines, start=1):
        made.append(line)
        if not line.split("#")[0].rstrip().endswith(":"):
            continue
        depth = _depth(line)
        below = [later for later in lines[number:] if later.strip()]
        code = next((later for later in below if not later.lstrip().startswith("#")), "")
        # Without a comment the line below was to stand in the block: that is a mistake.
        is_left_out = not code or code is not below[0]
        if is_left_out and (not code or _depth(code) <= depth):
            made.append(" " * (depth + 4) + "pass")
    return "\n".join(made)


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _mistake(code: str) -> Mistake | None:
    try:
        with warnings.catch_warnings():
            # "\d" in a string, "is" with a number: odd, and that may be what is asked.
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        return Mistake(error.lineno or 1, "parser", str(error.msg)[:100])
    except (ValueError, RecursionError, MemoryError):
        return Mistake(1, "parser", "too deep")
    return None
