"""What the columns of a table of questions are called, by us and by others, and what whoever uploads says they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from questions.formats import limits
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
# Where the column itself says how the right options are named; "correct" leaves it to be seen from each cell.
ANSWERS = ("correct_letters", "correct_numbers", "correct_from_zero", "correct_texts")
# Of these a table may have more columns than one.
SEVERAL = ("right_option", "wrong_option", "tags")
POINTS = "points"
LEFT_OUT = ""
# Columns that other tables have, and that say nothing about a question here.
_SAY_NOTHING = ("timelimit", "timelimitsec", "stemformat", "codelanguage", "number", "no", "#")

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
    "correctoptions": "correct",
    "correctchoice": "correct",
    "correctchoices": "correct",
    "rightanswer": "correct",
    "key": "correct",
    "solution": "correct",
    "reason": "explanation",
    "rationale": "explanation",
    "feedback": "explanation",
    "generalfeedback": "explanation",
    "title": "name",
    "incorrectanswer": "wrong_option",
    "wronganswer": "wrong_option",
    "distractor": "wrong_option",
    "mark": POINTS,
    "marks": POINTS,
    "score": POINTS,
    "topic": "category",
    "skill": "skills",
    "tag": "tags",
}
_OPTION = re.compile(r"(?:option|answer|choice)(?:(?P<number>\d{1,2})|(?P<letter>[a-z]))")
_WRONG = re.compile(r"(?:wronganswer|wrongoption|incorrectanswer|incorrectoption|distractor)s?\d{0,2}")
_LETTER = re.compile(r"(?P<letter>[a-z])")
_FEEDBACK = re.compile(r"feedback(?:(?P<number>\d{1,2})|(?P<letter>[a-z]))")
_NUMBERED = re.compile(r"(?P<what>option|feedback)_(?P<number>\d{1,2})")
_SIGNS = re.compile(r"[\s_.:()?*-]+")
_CODES = (*FIELDS, *ANSWERS, "right_option", "wrong_option", POINTS)
_FOLDED = {_SIGNS.sub("", name): name for name in _CODES}
_OPTIONS = tuple(f"option_{number}" for number in range(1, limits.OPTIONS + 1))
_FEEDBACKS = tuple(f"feedback_{number}" for number in range(1, limits.OPTIONS + 1))
# All that a column can be.
CODES = (*_CODES, *_OPTIONS, *_FEEDBACKS)


@dataclass(frozen=True, slots=True)
class Columns:
    """Which header holds what: fields by name, options and their feedback by number, from 0.

    `several` are the headers of what may have more columns than one. `answers` is which of `ANSWERS` names the right
    options, "" for what is seen from each cell; its header is that of the field "correct".
    """

    fields: dict[str, str] = field(default_factory=dict)
    options: dict[int, str] = field(default_factory=dict)
    feedback: dict[int, str] = field(default_factory=dict)
    several: dict[str, list[str]] = field(default_factory=dict)
    answers: str = ""


def named(word: str) -> str | None:
    """Return what a column is that is called so, one of `CODES`; `LEFT_OUT` for what says nothing here, None for what
    nobody knows.
    """
    folded = _SIGNS.sub("", word).casefold()
    if folded in _SAY_NOTHING:
        return LEFT_OUT
    known = _FOLDED.get(folded) or _ALIASES.get(folded)
    if known:
        return known
    if _WRONG.fullmatch(folded):
        return "wrong_option"
    for what, pattern in (("option", _OPTION), ("feedback", _FEEDBACK), ("option", _LETTER)):
        found = pattern.fullmatch(folded)
        if found:
            code = f"{what}_{_position(found)}"
            return code if code in CODES else None
    return None


def guessed(headers: Sequence[str]) -> dict[str, str]:
    """Return what each column probably is, by its header; `LEFT_OUT` where nobody can tell."""
    found: dict[str, str] = {}
    for header in headers:
        code = named(header) or LEFT_OUT
        found[header] = LEFT_OUT if _matter(code) in map(_matter, found.values()) else code
    return found


def twice(said: Mapping[str, str]) -> dict[str, str]:
    """Return the headers that are said to be what another further left is, with that one."""
    first: dict[str, str] = {}
    again: dict[str, str] = {}
    for header, code in said.items():
        matter = _matter(code)
        if not matter:
            continue
        if matter in first:
            again[header] = first[matter]
        first.setdefault(matter, header)
    return again


def resolved(headers: Sequence[str], said: Mapping[str, str], like: str) -> dict[str, str]:
    """Return what somebody said of columns, by the headers as the file has them and the codes as they are here.

    Raises `FileRefused` that names a heading which the file does not have, or a field that is none.
    """
    by_folded = {_plain(header): header for header in headers}
    found: dict[str, str] = {}
    for heading, word in said.items():
        header = by_folded.get(_plain(heading))
        if header is None:
            known = ", ".join(f"“{name[:40]}”" for name in headers[:40])
            raise FileRefused("no_such_column", like=like, column=heading[:80], known=known)
        code = word if word in CODES else named(word) if word.strip() else LEFT_OUT
        if code is None:
            raise FileRefused(
                "no_such_field", like=like, column=header[:80], field_name=word[:40], known=known_codes()
            )
        found[header] = code
    return found


def taken_for(headers: Sequence[str], said: Mapping[str, str], like: str) -> dict[str, str]:
    """Return what each column is taken for: as somebody said, else by its name; `LEFT_OUT` for what nobody knows.

    Raises as `resolved`.
    """
    by_hand = resolved(headers, said, like)
    return {**guessed(headers), **by_hand}


def known_codes() -> str:
    """Return what a column can be, as a list to read."""
    return ", ".join(
        [*_CODES, f"option_1 … option_{limits.OPTIONS}", f"feedback_1 … feedback_{limits.OPTIONS}"]
    )


def columns_named(headers: Sequence[str], like: str, said: Mapping[str, str] | None = None) -> Columns:
    """Return what the columns hold: as somebody said, and for those of which nothing is said by their names.

    Raises `FileRefused` when one is unknown, when two hold the same, or when nothing is a question.
    """
    by_hand = resolved(headers, said or {}, like)
    codes = {header: by_hand[header] if header in by_hand else named(header) for header in headers}
    for second, first in twice({header: code or LEFT_OUT for header, code in codes.items()}).items():
        raise FileRefused("columns_twice", like=like, first=first, second=second)
    columns = _columns({header: code for header, code in codes.items() if code})
    if "stem" not in columns.fields:
        raise FileRefused("no_stem_column", like=like)
    unknown = [header for header, code in codes.items() if code is None]
    if unknown:
        names = ", ".join(f"“{name[:40]}”" for name in unknown[:20])
        raise FileRefused("unknown_columns", like=like, columns=names)
    return columns


def _columns(codes: Mapping[str, str]) -> Columns:
    answers = next((code for code in codes.values() if code in ANSWERS), "")
    columns = Columns(answers=answers)
    for header, code in codes.items():
        numbered = _NUMBERED.fullmatch(code)
        if numbered:
            into = columns.options if numbered["what"] == "option" else columns.feedback
            into[int(numbered["number"]) - 1] = header
        elif code in SEVERAL:
            columns.several.setdefault(code, []).append(header)
        else:
            columns.fields["correct" if code in ANSWERS else code] = header
    if (
        "wrong_option" in columns.several
        and not columns.options
        and "correct" in columns.fields
        and not answers
    ):
        # Beside wrong answers alone the right one is an option, not the name of one.
        columns.several.setdefault("right_option", []).insert(0, columns.fields.pop("correct"))
    return columns


def _matter(code: str) -> str:
    """Return what a code is about, of which one column is enough; "" for what may have several."""
    return "correct" if code in ANSWERS else LEFT_OUT if code in SEVERAL else code


def _plain(header: str) -> str:
    return " ".join(header.split()).casefold()


def _position(found: re.Match[str]) -> int:
    number = found.groupdict().get("number")
    return int(number) if number else ord(found["letter"]) - ord("a") + 1
