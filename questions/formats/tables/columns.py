"""What the columns of a table of questions are called, by us and by others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from questions.formats.drafts import FileRefused

FIELDS = (
    *(
        "external_id",
        "type",
        "name",
        "stem",
        "options",
        "correct",
        "shares",
        "weights",
        "marking",
        "explanation",
    ),
    *("level", "difficulty", "skills", "tags", "category", "source"),
    *("model_answer", "look_fors", "warning_signs", "follow_ups"),
)
# Columns that other tables have, and that say nothing about a question here.
_LEFT_OUT = ("points", "timelimit", "timelimitsec", "stemformat", "codelanguage", "number", "no", "#")

_ALIASES: Mapping[str, str] = {
    "id": "external_id",
    "questionid": "external_id",
    "kind": "type",
    "questiontype": "type",
    "question": "stem",
    "questiontext": "stem",
    "prompt": "stem",
    "answer": "correct",
    "answers": "correct",
    "correctanswer": "correct",
    "correctanswers": "correct",
    "correctoption": "correct",
    "rightanswer": "correct",
    "key": "correct",
    "solution": "correct",
    "reason": "explanation",
    "rationale": "explanation",
    "feedback": "explanation",
    "generalfeedback": "explanation",
    "title": "name",
    "topic": "category",
    "skill": "skills",
    "tag": "tags",
}
_OPTION = re.compile(r"(?:option|answer|choice)(?:(?P<number>\d{1,2})|(?P<letter>[a-z]))")
_LETTER = re.compile(r"(?P<letter>[a-z])")
_FEEDBACK = re.compile(r"feedback(?:(?P<number>\d{1,2})|(?P<letter>[a-z]))")
_SIGNS = re.compile(r"[\s_.:()?*-]+")
_FOLDED = {_SIGNS.sub("", name): name for name in FIELDS}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which header holds what: fields by name, options and their feedback by number, from 0."""

    fields: dict[str, str] = field(default_factory=dict)
    options: dict[int, str] = field(default_factory=dict)
    feedback: dict[int, str] = field(default_factory=dict)


def columns_named(headers: Sequence[str], like: str) -> Columns:
    """Return what the columns hold.

    Raises `FileRefused` when one is unknown, when two hold the same, or when nothing is a question.
    """
    columns = Columns()
    unknown = []
    for header in headers:
        folded = _SIGNS.sub("", header).casefold()
        if folded in _LEFT_OUT:
            continue
        if not _placed(columns, folded, header, like):
            unknown.append(header)
    if "stem" not in columns.fields:
        raise FileRefused("no_stem_column", like=like)
    if unknown:
        raise FileRefused(
            "unknown_columns", like=like, columns=", ".join(f"“{name[:40]}”" for name in unknown[:20])
        )
    return columns


def _placed(columns: Columns, folded: str, header: str, like: str) -> bool:
    name = _FOLDED.get(folded) or _ALIASES.get(folded)
    if name:
        _put(columns.fields, name, header, like)
        return True
    for into, pattern in (
        (columns.options, _OPTION),
        (columns.feedback, _FEEDBACK),
        (columns.options, _LETTER),
    ):
        found = pattern.fullmatch(folded)
        if found:
            _put(into, _position(found), header, like)
            return True
    return False


def _position(found: re.Match[str]) -> int:
    number = found.groupdict().get("number")
    return int(number) - 1 if number else ord(found["letter"]) - ord("a")


def _put(into: dict[str, str] | dict[int, str], key: str | int, header: str, like: str) -> None:
    first = into.setdefault(key, header)  # type: ignore[arg-type]
    if first != header:
        raise FileRefused("columns_twice", like=like, first=first, second=header)
