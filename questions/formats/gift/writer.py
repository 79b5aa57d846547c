"""Write GIFT: each text in one line, so that no blank line of code ends its question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from questions.formats.categories import moodle_path
from questions.formats.drafts import (
    ALL_OR_NOTHING,
    MULTIPLE,
    OPEN,
    SINGLE,
    Loss,
    ParsedOption,
    ParsedQuestion,
    Written,
)
from questions.formats.fractions import is_exact_percent, percent_text
from questions.formats.gift.blocks import CATEGORY
from questions.formats.gift.signs import escaped
from questions.formats.losses import not_held

# What a reader would take for the name of a format or for a weight.
_NEEDS_FORMAT = re.compile(r"\s*[\[%]")
_FIELDS = ("level", "difficulty", "skills", "source", "look_fors", "warning_signs", "follow_ups", "places")


def write_gift(questions: Sequence[ParsedQuestion]) -> Written:
    """Return the questions as a GIFT file, and what it does not hold of them."""
    lines: list[str] = []
    losses: list[Loss] = []
    category = ""
    for number, question in enumerate(questions):
        losses += [Loss(number, code, field) for code, field in _losses(question)]
        if question.category != category:
            category = question.category
            lines += [f"{CATEGORY} {moodle_path(category)}", ""]
        lines += [*_comments(question), *_block(question), ""]
    return Written("\n".join(lines).encode(), "gift", "text/plain", losses)


def _losses(question: ParsedQuestion) -> Iterator[tuple[str, str]]:
    for field in not_held(question, _FIELDS):
        yield "not_held", field
    if question.kind == OPEN and question.explanation:
        yield "not_held", "explanation"
    if question.kind == MULTIPLE and question.marking == ALL_OR_NOTHING:
        yield "not_held", "marking"
    if not all(is_exact_percent(option.share) for option in question.options):
        yield "odd_fraction", "shares"
    if question.external_id.endswith("\\"):
        yield "not_held", "external_id"
    if any(tag.endswith("\\") for tag in question.tags):
        yield "not_held", "tags"


def _comments(question: ParsedQuestion) -> Iterator[str]:
    marks = [("id", question.external_id), *(("tag", tag) for tag in question.tags)]
    texts = [f"[{mark}:{text.replace(']', chr(92) + ']')}]" for mark, text in marks if _is_safe(text)]
    if texts:
        yield f"// {' '.join(texts)}"


def _is_safe(text: str) -> bool:
    # A backslash at the end would escape the bracket that closes.
    return bool(text) and not text.endswith("\\")


def _block(question: ParsedQuestion) -> Iterator[str]:
    name = f"::{escaped(question.name)}::" if question.name else ""
    begin = f"{name}[markdown]{_text(question.stem)}{{"
    feedback = question.model_answer if question.kind == OPEN else question.explanation
    if question.kind == OPEN and not feedback:
        yield f"{begin}}}"
        return
    yield begin
    for mark, option in zip(_marks(question), question.options, strict=True):
        yield f"\t{mark}{_marked(option.text)}{_feedback(option.feedback)}"
    if feedback:
        yield f"\t####{_marked(feedback)}"
    yield "}"


def _marks(question: ParsedQuestion) -> list[str]:
    marks = [_mark(question.kind, option) for option in question.options]
    # Nothing but right answers would be read as words that somebody has to type.
    return ["=", *("~%100%" for _ in marks[1:])] if set(marks) == {"="} else marks


def _mark(kind: str, option: ParsedOption) -> str:
    if kind == SINGLE and option.share == 1:
        return "="
    return f"~%{percent_text(option.share)}%" if option.share else "~"


def _feedback(feedback: str) -> str:
    return f"#{_marked(feedback)}" if feedback else ""


def _marked(text: str) -> str:
    return f"[markdown]{_text(text)}" if _NEEDS_FORMAT.match(text) else _text(text)


def _text(text: str) -> str:
    # Blanks at the beginning of a line are trimmed; behind the sign for a new line they stay.
    return escaped(f"\n{text}" if text[:1].isspace() else text)
