"""What stands below the options of a question: which letter is right, where it is from, and why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from questions.formats.markdown.lines import Line

EXPLANATION = "**Explanation**"

_ANSWER = re.compile(
    r"[\s#>*_`]{0,20}(?:the )?(?:correct )?answers?(?: is)?[\s:*_`]{1,10}"
    r"(?P<letters>[A-Z](?:\s{0,3}(?:,|;|&|and|\s)\s{0,3}[A-Z]\b){0,25})\b(?P<rest>.*)",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"[\s>-]{0,10}\[(?:reference|source|ref)[^\]]{0,60}\]\((https?://[^\s()]{1,2000})\)[\s.]{0,3}",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:(?:\*\*|__)Explanation[ \t]?:?(?:\*\*|__)[ \t]?:?|Explanation[ \t]?:)[ \t]*(?:[-–—][ \t])?",
    re.IGNORECASE,
)
_TAG = re.compile(r"</?(?:details|summary|p|b|i|div|br)\b[^<>]{0,200}>", re.IGNORECASE)
# What is clicked to see the rest says nothing of it.
_SUMMARY = re.compile(r"<summary>[^<>]{0,200}</summary>", re.IGNORECASE)
_SHOWS = ("", "answer", "answers", "show answer", "solution", "view answer", "click to view")
_RULE = re.compile(r"\s{0,3}(?:-{3,}|\*{3,}|_{3,})\s*")
# What text2qti says of the next question, or of a group of them.
_DIRECTIVE = re.compile(
    r"\s*(?:(title|points|text title|quiz title|quiz description|pick|solutions pick|points per question|text)"
    r"\s{0,3}:.*|((?:END_)?GROUP))\s*",
    re.IGNORECASE,
)


class Below(NamedTuple):
    """What was found."""

    letters: str
    source: str
    explanation: str
    # What text2qti says there of questions and groups.
    directives: Sequence[str] = ()


def below_options(lines: Sequence[Line], *, has_letters: bool, has_directives: bool) -> Below:
    """Return what `lines` say. Letters are looked for where the options themselves do not tell which is right."""
    letters, source = "", ""
    kept: list[str] = []
    directives: list[str] = []
    for line in lines:
        text = line.text
        if not line.is_code:
            answer = _answer(text) if has_letters and not letters else None
            reference = None if source else _REFERENCE.fullmatch(text)
            if answer:
                letters, text = answer["letters"], answer["rest"].strip(" .*_`:-")
            elif reference:
                source, text = reference[1], ""
            elif has_directives and directive_in(line):
                directives.append(directive_in(line))
                text = ""
            elif "<" in text:
                text = _untagged(text)
        kept.append(text)
    while kept and (not kept[-1].strip() or _RULE.fullmatch(kept[-1])):
        kept.pop()
    explanation = "\n".join(kept).strip("\n")
    label = _LABEL.match(explanation)
    return Below(letters, source, explanation[label.end() :] if label else explanation, directives)


def directive_in(line: Line) -> str:
    """Return which of the words of text2qti a line is, "" for none."""
    found = None if line.is_code else _DIRECTIVE.fullmatch(line.text)
    return (found[1] or found[2]).lower().replace("end_group", "group") if found else ""


def _answer(text: str) -> re.Match[str] | None:
    found = _ANSWER.fullmatch(text)
    # "The answer is a matter of taste" names no letter.
    if found and found["letters"][0].islower() and found["rest"].strip(" .*_`"):
        return None
    return found


def _untagged(text: str) -> str:
    plain = _TAG.sub("", _SUMMARY.sub("", text))
    return "" if plain.strip(" :").casefold() in _SHOWS else plain
