"""What all readers share: each thing that a file holds is put once where it belongs, by the same rules."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from questions.formats import limits
from questions.formats.counting import EVERY, listener
from questions.formats.drafts import (
    ERROR,
    MULTIPLE,
    OPEN,
    SINGLE,
    WARNING,
    FileRefused,
    Parsed,
    ParsedOption,
    ParsedQuestion,
    Problem,
    Skipped,
    Where,
)

# Each text of a question that is one, with how long it may be.
_LONGEST = (
    ("stem", limits.LONG_TEXT),
    ("explanation", limits.LONG_TEXT),
    ("model_answer", limits.LONG_TEXT),
    ("name", limits.NAME),
    ("category", limits.CATEGORY),
)

# A code of the vocabulary and its values.
Fault = tuple[str, dict[str, object]]
# Says of a fault where in the file it is, where that is known more exactly than of its question.
Placed = Callable[[Fault], Where]


class Gathering:
    """The three lists of a file while it is read."""

    def __init__(self, name: str, remarks: Sequence[Problem] = ()) -> None:
        self._format = name
        self._questions: list[ParsedQuestion] = []
        self._skipped: list[Skipped] = []
        self._problems: list[Problem] = list(remarks)
        self._ids: dict[str, Where] = {}
        self._found = 0
        self._heard = listener()

    def take(
        self, question: ParsedQuestion, warnings: Iterable[Fault] = (), placed: Placed | None = None
    ) -> None:
        """Put a question among the questions, or among the problems when it cannot be asked or marked."""
        question = tidied(question)
        where = question.where
        fault = next(errors_of(question), None) or self._repeated(question)
        if fault:
            self.error(placed(fault) if placed else where, fault[0], **fault[1])
            return
        self._count()
        notes = [*warnings, *warnings_of(question)]
        if len(question.external_id) > limits.EXTERNAL_ID:
            question = replace(question, external_id=shortened(question.external_id))
            notes.append(("long_id", {}))
        self._questions.append(question)
        self._problems += [
            Problem(placed((code, values)) if placed else where, WARNING, code, values)
            for code, values in notes
        ]

    def skip(self, where: Where, kind: str, code: str = "kind", **values: object) -> None:
        """Put away a question of a kind that cannot be asked here."""
        self._count()
        self._skipped.append(Skipped(where, kind, code, values))

    def error(self, where: Where, code: str, **values: object) -> None:
        """Put away a question that is wrong, or a piece that belongs to none."""
        self._count()
        self._problems.append(Problem(where, ERROR, code, values))

    def parsed(self, columns: Mapping[str, str] | None = None) -> Parsed:
        """Return the whole; `columns` as in `Parsed`. Raises `FileRefused` for a file without anything in it."""
        if not self._found:
            raise FileRefused("nothing_found", like=self._format)
        return Parsed(
            self._format, self._questions, self._skipped, self._problems, columns=dict(columns or {})
        )

    def _count(self) -> None:
        self._found += 1
        if self._found > limits.QUESTIONS:
            raise FileRefused("too_many_questions", like=self._format, most=limits.QUESTIONS)
        if self._heard is not None and not self._found % EVERY:
            self._heard(self._found)

    def _repeated(self, question: ParsedQuestion) -> Fault | None:
        if not question.external_id:
            return None
        first = self._ids.setdefault(question.external_id, question.where)
        if first is question.where:
            return None
        return "id_twice", {"id": question.external_id[: limits.EXTERNAL_ID], "first": first}


def tidied(question: ParsedQuestion) -> ParsedQuestion:
    """Return the question with each text without blank lines around it and blanks behind it."""
    fields: dict[str, Any] = {
        "stem": tidy(question.stem),
        "options": tuple(map(_tidied, question.options)),
        "explanation": tidy(question.explanation),
        "model_answer": tidy(question.model_answer),
        "name": " ".join(question.name.split()),
        "external_id": question.external_id.strip(),
        "tags": _each_once(question.tags) if question.tags else (),
    }
    # Most are tidy, and comparing costs less than building anew.
    changed = {name: value for name, value in fields.items() if getattr(question, name) != value}
    return replace(question, **changed) if changed else question


def _each_once(tags: Iterable[str]) -> tuple[str, ...]:
    plain = (" ".join(tag.split()) for tag in tags)
    return tuple(dict.fromkeys(tag for tag in plain if tag))


def _tidied(option: ParsedOption) -> ParsedOption:
    text, feedback = tidy(option.text), tidy(option.feedback)
    if text == option.text and feedback == option.feedback:
        return option
    return ParsedOption(text, option.share, feedback, option.place)


def tidy(text: str) -> str:
    """Return `text` without blank lines around it and blanks behind it; the indent of its first line stays."""
    text = text.rstrip()
    if not text[:1].isspace():
        return text
    shown = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, shown) + 1 :]


def shortened(external_id: str) -> str:
    """Return an id of legal length that is always the same for the same one."""
    return hashlib.sha256(external_id.encode()).hexdigest()[:32]


def errors_of(question: ParsedQuestion) -> Iterator[Fault]:
    """Yield why a question cannot be asked or marked, the weightiest first."""
    if not question.stem.strip():
        yield "empty_stem", {}
    yield from _too_long(question)
    if question.kind != OPEN:
        yield from _option_errors(question.options)
        yield from _share_errors(question)


def _too_long(question: ParsedQuestion) -> Iterator[Fault]:
    for field, longest in _LONGEST:
        length = len(getattr(question, field))
        if length > longest:
            yield _too_long_text(field, length, longest)
    for tag in question.tags:
        if len(tag) > limits.TAG:
            yield _too_long_text("tags", len(tag), limits.TAG)
    for number, option in enumerate(question.options, start=1):
        if len(option.text) > limits.OPTION:
            yield _too_long_text("options", len(option.text), limits.OPTION, option=number)
        if len(option.feedback) > limits.FEEDBACK:
            yield _too_long_text("feedback", len(option.feedback), limits.FEEDBACK, option=number)
    if len(question.tags) > limits.TAGS:
        yield "too_many_tags", {"most": limits.TAGS}


def _too_long_text(field: str, length: int, longest: int, **place: object) -> Fault:
    return "text_too_long", {"field": field, "longest": longest, "length": length, **place}


def _option_errors(options: Sequence[ParsedOption]) -> Iterator[Fault]:
    for number, option in enumerate(options, start=1):
        if not option.text.strip():
            yield "empty_option", {"option": number}
    if len(options) < limits.FEWEST_OPTIONS:
        yield "too_few_options", {"count": len(options)}
    if len(options) > limits.OPTIONS:
        yield "too_many_options", {"count": len(options), "most": limits.OPTIONS}
    texts = [" ".join(option.text.split()) for option in options]
    if len(set(texts)) == len(texts):
        return
    for text, count in Counter(texts).items():
        if text and count > 1:
            again = texts.index(text, texts.index(text) + 1) + 1
            yield "same_options", {"text": text[:80], "option": again}


def _share_errors(question: ParsedQuestion) -> Iterator[Fault]:
    earned = _earned(question)
    if not earned:
        yield "no_key", {}
    elif question.kind == SINGLE and max(earned) != 1:
        yield "no_full_mark", {}


def warnings_of(question: ParsedQuestion) -> Iterator[Fault]:
    """Yield what an author should look at in a question that can be asked."""
    earned = _earned(question)
    keys = earned.count(Fraction(1)) if len(earned) > 1 else 0
    if question.kind == SINGLE and keys > 1:
        yield "several_keys", {"count": keys}
    if question.kind == MULTIPLE and sum(earned) != 1:
        yield "shares_sum", {"sum": f"{float(sum(earned)) * 100:.5g}"}


def _earned(question: ParsedQuestion) -> list[Fraction]:
    # Comparing fractions takes longer than all the rest.
    return [option.share for option in question.options if option.share.numerator > 0]
