"""Write a quiz in Markdown that people can read, with what they need not see in a comment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from questions.formats.drafts import (
    ALL_OR_NOTHING,
    OPEN,
    SINGLE,
    FileRefused,
    Loss,
    ParsedOption,
    ParsedQuestion,
    Written,
)
from questions.formats.gathering import tidied
from questions.formats.losses import not_held, without
from questions.formats.markdown.below import EXPLANATION
from questions.formats.markdown.reader import MODEL_ANSWER, read_markdown

_FIELDS = ("look_fors", "warning_signs", "follow_ups")
# What can be left out of a question that stays what it is.
_SPARED = ("external_id", "name", "category", "tags", "skills", "source", "feedback")
# Whatever a question does to the next one shows in this.
_NEXT = ParsedQuestion(
    SINGLE,
    "Next?\n\n```\n#### Q1. x\n```",
    (ParsedOption("a", Fraction(1)), ParsedOption("b")),
)


def write_markdown(questions: Sequence[ParsedQuestion]) -> Written:
    """Return the questions as a quiz in Markdown, and what it does not hold of them.

    Each is read back before it is taken: a text that reads as a heading or a list of its own cannot be told apart.
    """
    parts: list[str] = []
    losses: list[Loss] = []
    for number, question in enumerate(tidied(question) for question in questions):
        lost = [*not_held(question, _FIELDS), *_open_losses(question)]
        held = without(question, lost)
        wrong = _read_wrong(held)
        if wrong and set(wrong) <= set(_SPARED):
            lost += wrong
            held = without(held, wrong)
            wrong = _read_wrong(held)
        if wrong:
            losses.append(Loss(number, "not_told_apart", is_left_out=True))
            continue
        losses += [Loss(number, "not_held", field) for field in lost]
        parts.append("\n".join(_lines(held, len(parts) + 1)))
    return Written("\n\n".join(parts).encode() + b"\n", "md", "text/markdown", losses)


def _open_losses(question: ParsedQuestion) -> Iterator[str]:
    if question.kind == OPEN and question.explanation:
        yield "explanation"


def _read_wrong(question: ParsedQuestion) -> list[str]:
    """Return the fields that read otherwise than they were written."""
    content = "\n\n".join("\n".join(_lines(each, 1)) for each in (question, _NEXT))
    try:
        parsed = read_markdown(content.encode())
    except FileRefused:
        return ["stem"]
    if len(parsed.questions) != 2 or parsed.questions[1] != _NEXT:
        return ["stem"]
    read = parsed.questions[0]
    fields = [
        field
        for field in ParsedQuestion.__dataclass_fields__
        if field not in ("where", "options") and getattr(read, field) != getattr(question, field)
    ]
    if without(read, ["feedback"]).options != without(question, ["feedback"]).options:
        fields.append("options")
    elif read.options != question.options:
        fields.append("feedback")
    return fields


def _lines(question: ParsedQuestion, number: int) -> Iterator[str]:
    is_short = "\n" not in question.stem and not question.stem[:1].isspace()
    yield f"#### Q{number}. {question.stem}" if is_short else f"#### Q{number}."
    yield ""
    if not is_short:
        yield from (question.stem, "")
    facts = [f"{name}: {value}" for name, value in _facts(question) if value]
    if facts:
        yield from ("<!--", *facts, "-->", "")
    for option in question.options:
        yield from _option(option)
    if question.explanation:
        yield from ("", EXPLANATION, "", question.explanation)
    if question.model_answer:
        yield from (MODEL_ANSWER, "", question.model_answer)


def _facts(question: ParsedQuestion) -> Iterator[tuple[str, str]]:
    yield "id", question.external_id
    yield "name", question.name
    right = [option for option in question.options if option.share > 0]
    if question.kind == OPEN or (question.kind == SINGLE) != (len(right) == 1):
        yield "kind", question.kind
    yield "level", question.level
    yield "difficulty", str(question.difficulty or "")
    yield "skills", ", ".join(question.skills)
    yield "tags", ", ".join(question.tags)
    yield "category", question.category
    if question.marking != ALL_OR_NOTHING:
        yield "marking", question.marking
    each = Fraction(1) if question.kind == SINGLE else Fraction(1, len(right) or 1)
    if any(option.share not in (0, each) for option in question.options):
        yield "shares", ", ".join(str(option.share) for option in question.options)
    if any(option.place for option in question.options):
        yield "places", ", ".join(option.place for option in question.options)
    yield "source", question.source


def _option(option: ParsedOption) -> Iterator[str]:
    mark = "- [x]" if option.share > 0 else "- [ ]"
    lines = option.text.split("\n")
    if len(lines) == 1 and not option.text[:1].isspace():
        yield f"{mark} {option.text}"
    else:
        yield mark
        yield from (f"  {line}" for line in lines)
    yield from (f"  > {line}" for line in option.feedback.split("\n") if option.feedback)
