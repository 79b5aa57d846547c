"""Aiken: a question, its options by letters, and the letter that is right; one line each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from questions.formats import limits
from questions.formats.drafts import (
    OPEN,
    SINGLE,
    FileRefused,
    Loss,
    Parsed,
    ParsedOption,
    ParsedQuestion,
    Where,
    Written,
)
from questions.formats.fractions import FULL, NOTHING
from questions.formats.gathering import Fault, Gathering
from questions.formats.losses import not_held
from questions.formats.names import AIKEN
from questions.formats.text import read_text

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

OPTION = re.compile(r"([A-Za-z])[.)](.*)")
ANSWER = re.compile(r"ANSWER\s{0,5}:(.*)", re.IGNORECASE)
# A dialect that numbers its options in other ways and has words of its own for all of this.
_ADVANCED = re.compile(r"NUMBERING\b", re.IGNORECASE)
_SEVERAL = re.compile(r"[A-Z](\s*([,;/&+]|and)?\s*[A-Z]\b)+", re.IGNORECASE)
_ONE = re.compile(r"([A-Z])([).:\s-].*)?", re.IGNORECASE)
# An answer that names every letter is shorter.
_LONGEST_ANSWER = 200
# Shorter lines mean nothing, as in Moodle.
_SHORTEST_LINE = 2

_FIELDS = (
    *("external_id", "name", "category", "tags", "explanation", "feedback", "level", "difficulty", "skills"),
    *("source", "places"),
)


def read_aiken(data: bytes) -> Parsed:
    """Return what an Aiken file holds.

    Raises `FileRefused` when it is no text, holds nothing, or is of the dialect called Aiken advanced.
    """
    text = read_text(data)
    reading = _Reading(Gathering(AIKEN, text.remarks))
    lines = [line.strip() for line in text.text.split("\n")]
    for number, line in enumerate(lines, start=1):
        if _ADVANCED.match(line):
            raise FileRefused("aiken_advanced", like=AIKEN, line=number)
        if len(line) >= _SHORTEST_LINE:
            reading.line(number, line, lines)
    return reading.ended()


@dataclass(slots=True)
class _Unfinished:
    """A question whose answer has not come yet."""

    line: int
    stem: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    fault: Fault | None = None
    warnings: dict[str, Fault] = field(default_factory=dict)

    def wrong(self, code: str, **values: object) -> None:
        self.fault = self.fault or (code, values)

    def warn(self, code: str, **values: object) -> None:
        self.warnings.setdefault(code, (code, values))


class _Reading:
    """Where we are between a stem and its answer."""

    def __init__(self, gathering: Gathering) -> None:
        self._gathering = gathering
        self._question: _Unfinished | None = None

    def line(self, number: int, line: str, lines: Sequence[str]) -> None:
        answer = ANSWER.fullmatch(line)
        option = OPTION.fullmatch(line)
        if answer:
            self._answer(number, answer[1].strip(), is_exact=line.startswith("ANSWER: "))
        elif option and self._is_option(option, number, lines):
            self._option(number, option[1], option[2])
        else:
            self._stem(number, line)

    def ended(self) -> Parsed:
        self._leave()
        return self._gathering.parsed()

    def _is_option(self, option: re.Match[str], number: int, lines: Sequence[str]) -> bool:
        question = self._question
        if option[1].islower():
            # "a) …" after a stem is an option, "e.g. …" and "i. …" within one are not.
            return question is not None and self._letter(option[1]) == len(question.options)
        if question or option[1] != LETTERS[0]:
            return True
        # "A. Einstein said what?" begins a question when the options come after it.
        near = lines[number : number + 5]
        following = next((line for line in near if len(line) >= _SHORTEST_LINE), "")
        return not following.startswith(("A)", "A."))

    def _stem(self, number: int, line: str) -> None:
        if self._question and self._question.options:
            self._leave()
        if not self._question:
            self._question = _Unfinished(number)
            if OPTION.fullmatch(line):
                self._question.warn("stem_like_option")
        elif self._question.stem:
            self._question.warn("several_lines")
        self._question.stem.append(line)

    def _option(self, number: int, letter: str, text: str) -> None:
        question = self._question
        if not question:
            self._gathering.error(Where(line=number), "outside_question", what="option")
            return
        if letter.islower():
            question.warn("lower_case")
        expected = len(question.options)
        if self._letter(letter) < expected:
            question.wrong("letter_twice", letter=letter, line=number)
        elif self._letter(letter) > expected:
            question.wrong(
                "letters_order", letter=letter, expected=LETTERS[expected : expected + 1], line=number
            )
        question.options.append(text.strip())

    def _answer(self, number: int, answer: str, *, is_exact: bool) -> None:
        question = self._question
        if not question:
            self._gathering.error(Where(line=number), "outside_question", what="answer")
            return
        if not is_exact:
            question.warn("answer_spelling")
        right = -1
        one = _ONE.fullmatch(answer)
        if _SEVERAL.fullmatch(answer[:_LONGEST_ANSWER]):
            question.wrong("several_letters", answer=answer[:40], line=number)
        elif one and self._letter(one[1]) < len(question.options):
            right = self._letter(one[1])
        elif question.options:
            question.wrong("unknown_letter", letter=answer[:20], line=number)
        self._finish(question, right)

    def _finish(self, question: _Unfinished, right: int) -> None:
        self._question = None
        where = Where(line=question.line)
        if question.fault:
            self._gathering.error(where, question.fault[0], **question.fault[1])
            return
        options = [
            ParsedOption(text, FULL if number == right else NOTHING)
            for number, text in enumerate(question.options)
        ]
        self._gathering.take(
            ParsedQuestion(SINGLE, "\n".join(question.stem), tuple(options), where=where),
            question.warnings.values(),
        )

    def _leave(self) -> None:
        """A question ends without an answer."""
        if self._question:
            code, values = self._question.fault or ("answer_missing", {})
            self._gathering.error(Where(line=self._question.line), code, **values)
        self._question = None

    @staticmethod
    def _letter(letter: str) -> int:
        return LETTERS.index(letter.upper())


def write_aiken(questions: Sequence[ParsedQuestion]) -> Written:
    """Return the questions as an Aiken file, and what it does not hold of them."""
    parts: list[str] = []
    losses: list[Loss] = []
    for number, question in enumerate(questions):
        reason = _left_out(question)
        if reason:
            losses.append(Loss(number, reason, is_left_out=True))
            continue
        losses += [Loss(number, "not_held", field) for field in not_held(question, _FIELDS)]
        parts += [*_lines(question), ""]
    return Written("\n".join(parts).encode(), "txt", "text/plain", losses)


def _left_out(question: ParsedQuestion) -> str:
    """Return why the format cannot hold the question, "" when it can."""
    if question.kind == OPEN:
        return "open_question"
    if question.kind != SINGLE or sum(option.share == 1 for option in question.options) != 1:
        return "several_keys"
    if any(option.share not in (0, 1) for option in question.options):
        return "part_marks"
    if len(question.options) > limits.OPTIONS:
        return "too_many_options"
    texts = [question.stem, *(option.text for option in question.options)]
    if any("\n" in text or text != text.strip() for text in texts):
        return "several_lines"
    is_taken_for_another = (
        len(question.stem) < _SHORTEST_LINE
        or OPTION.fullmatch(question.stem)
        or ANSWER.fullmatch(question.stem)
        or _ADVANCED.match(question.stem)
    )
    return "looks_like_another_line" if is_taken_for_another else ""


def _lines(question: ParsedQuestion) -> Iterator[str]:
    yield question.stem
    right = ""
    for letter, option in zip(LETTERS, question.options, strict=False):
        yield f"{letter}) {option.text}"
        right = letter if option.share == 1 else right
    yield f"ANSWER: {right}"
