"""Questions of a job's form: what they may be, and which answers ask for a second look. None rejects anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from hiring.enums import AnswerKind

MOST_QUESTIONS: Final = 20
MOST_OPTIONS: Final = 30
OPTION_LENGTH: Final = 200
LINE_LENGTH: Final = 300
TEXT_LENGTH: Final = 5_000
# Up to here all options are in sight at once; more are in a list that opens.
MOST_IN_SIGHT: Final = 6
YES, NO = "yes", "no"
# What the bounds of a number are called among its options.
LEAST, MOST = "least", "most"
# What a form can ask for, in the order in which it is offered.
OFFERED: Final = (
    AnswerKind.TEXT,
    AnswerKind.LONG_TEXT,
    AnswerKind.YES_NO,
    AnswerKind.CHOICE,
    AnswerKind.CHOICES,
    AnswerKind.NUMBER,
    AnswerKind.FILE,
)
WITH_OPTIONS: Final = (AnswerKind.CHOICE, AnswerKind.CHOICES)


@dataclass(frozen=True, kw_only=True)
class QuestionDraft:
    """What a question of a form is to be. `pk` names one that is there; without it the question is new.

    `least` and `most` bound a number: beyond them it is not taken. `flagged` are those of `options` that ask for a
    second look, in their words (`YES` or `NO` of a question of yes or no); `below` and `above` do so for a number.
    """

    kind: str
    text: str
    help_text: str = ""
    is_required: bool = False
    options: Sequence[str] = ()
    flagged: Sequence[str] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    below: Decimal | None = None
    above: Decimal | None = None
    pk: int | None = None

    def option_rows(self) -> list[dict[str, str]]:
        """Return the options as they are kept, with codes by their place; of a number its bounds."""
        if self.kind == AnswerKind.NUMBER:
            bounds = {LEAST: self.least, MOST: self.most}
            return [{"code": code, "text": str(bound)} for code, bound in bounds.items() if bound is not None]
        if self.kind not in WITH_OPTIONS:
            return []
        return [{"code": str(number), "text": text} for number, text in enumerate(self.options, start=1)]

    def flag_rows(self) -> Any:
        """Return what asks for a second look as it is kept: codes, or bounds of a number."""
        if self.kind == AnswerKind.NUMBER:
            bounds = {"below": self.below, "above": self.above}
            return {name: str(bound) for name, bound in bounds.items() if bound is not None}
        if self.kind == AnswerKind.YES_NO:
            return [code for code in (YES, NO) if code in self.flagged]
        return [row["code"] for row in self.option_rows() if row["text"] in self.flagged]


@dataclass(frozen=True, kw_only=True)
class AnswerDraft:
    """What somebody answered to the question `question_id`."""

    question_id: int
    text: str = ""
    codes: Sequence[str] = ()
    number: Decimal | None = None


def bounds_of(options: Sequence[Mapping[str, str]]) -> dict[str, Decimal]:
    """Return what bounds a number, `LEAST` and `MOST`, as far as its question has bounds."""
    return {option["code"]: Decimal(option["text"]) for option in options}


def is_flagged(
    flags: Sequence[str] | Mapping[str, str], *, codes: Sequence[str] = (), number: Decimal | None = None
) -> bool:
    """Whether an answer asks for a second look, by the `flags` of its question."""
    if isinstance(flags, Mapping):
        if number is None:
            return False
        below, above = flags.get("below"), flags.get("above")
        return (below is not None and number < Decimal(below)) or (
            above is not None and number > Decimal(above)
        )
    return not set(flags).isdisjoint(codes)
