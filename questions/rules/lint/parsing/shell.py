"""Shell: its quotes have to match. Brackets may stand alone there."""

from __future__ import annotations

import re
from typing import Final

from questions.rules.lint.parsing.mistakes import Mistake, line_of

# Where commands have a sign before them, the other lines are what was printed.
_PROMPT: Final = re.compile(r"^\s*(?:\([\w.-]+\) )?[$%] ", re.MULTILINE)
_HERE: Final = re.compile(r"<<-?\s*(['\"]?)(\w+)\1[^\n]*\n.*?^\s*\2\s*$", re.MULTILINE | re.DOTALL)
_SKIPPED: Final = re.compile(r"(?:(?<=\s)|(?<=^))#[^\n]*|\\.|\$?'[^']*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)


def why_not_shell(code: str) -> Mistake | None:
    """Return the first quote without a partner in commands; what they printed is not looked at."""
    commands = _commands(code)
    commands = _HERE.sub(lambda found: "\n" * found[0].count("\n"), commands)
    at = 0
    while at < len(commands):
        skipped = _SKIPPED.match(commands, at)
        if skipped:
            at = skipped.end()
        elif commands[at] in "'\"":
            return Mistake(line_of(commands, at), "quote", commands[at])
        else:
            at += 1
    return None


def _commands(code: str) -> str:
    if not _PROMPT.search(code):
        return code
    kept: list[str] = []
    goes_on = False
    for line in code.split("\n"):
        is_command = goes_on or _PROMPT.match(line) is not None
        kept.append(line if is_command else "")
        goes_on = is_command and line.endswith("\\")
    return "\n".join(kept)
