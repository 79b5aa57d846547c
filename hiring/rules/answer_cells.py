"""What the cell of a file answers to a question of a job's form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from hiring.enums import AnswerKind
from hiring.rules.answers import LEAST, LINE_LENGTH, MOST, NO, TEXT_LENGTH, YES, AnswerDraft, bounds_of
from rendering.characters import clean_line

# As people write it and spreadsheets say it, in the languages of candidates.
_YES: Final = frozenset({"yes", "y", "true", "1", "ja", "j", "wahr"})
_NO: Final = frozenset({"no", "n", "false", "0", "nein", "falsch"})
# A comma is a decimal one where no thousands can be meant.
_NUMBER: Final = re.compile(r"-?\d{1,12}(?:[.]\d{1,2}|,\d{1,2})?", re.ASCII)


def answer_in(text: str, *, question_id: int, kind: str, options: Sequence[Mapping[str, str]]) -> AnswerDraft:
    """Return what `text`, which is not empty, answers. Raises `ValueError` with what could stand there instead."""
    match kind:
        case AnswerKind.YES_NO:
            return AnswerDraft(question_id=question_id, codes=[_yes_or_no(text)])
        case AnswerKind.CHOICE:
            return AnswerDraft(question_id=question_id, codes=[_code(text, options)])
        case AnswerKind.CHOICES:
            return AnswerDraft(question_id=question_id, codes=_codes(text, options))
        case AnswerKind.NUMBER:
            return AnswerDraft(question_id=question_id, number=_number(text, options))
        case AnswerKind.LONG_TEXT:
            return AnswerDraft(question_id=question_id, text=_short(text, TEXT_LENGTH))
        case _:
            return AnswerDraft(question_id=question_id, text=_short(clean_line(text), LINE_LENGTH))


def _short(text: str, length: int) -> str:
    if len(text) > length:
        raise ValueError(_("Keep this to %(count)d characters.") % {"count": length})
    return text


def _yes_or_no(text: str) -> str:
    word = clean_line(text).casefold()
    if word in _YES or word in _NO:
        return YES if word in _YES else NO
    raise ValueError(_("Write yes or no."))


def _found(text: str, options: Sequence[Mapping[str, str]]) -> str | None:
    wanted = clean_line(text).casefold()
    return next((row["code"] for row in options if clean_line(row["text"]).casefold() == wanted), None)


def _code(text: str, options: Sequence[Mapping[str, str]]) -> str:
    code = _found(text, options)
    if code is None:
        known = "; ".join(row["text"] for row in options)
        raise ValueError(
            _("The form has no such answer. Write one of these: %(answers)s.") % {"answers": known}
        )
    return code


def _codes(text: str, options: Sequence[Mapping[str, str]]) -> list[str]:
    # An answer may itself hold a comma.
    whole = _found(text, options)
    if whole is not None:
        return [whole]
    parts = re.split(r"[;\n]", text) if re.search(r"[;\n]", text) else text.split(",")
    return list(dict.fromkeys(_code(part, options) for part in parts if part.strip()))


def _number(text: str, options: Sequence[Mapping[str, str]]) -> Decimal:
    written = clean_line(text).replace(" ", "")
    if not _NUMBER.fullmatch(written):
        raise ValueError(_("Write a number with at most two decimal places, for example 12.50."))
    number, bounds = Decimal(written.replace(",", ".")), bounds_of(options)
    if LEAST in bounds and number < bounds[LEAST]:
        raise ValueError(
            _("The smallest number that the form takes is %(number)s.") % {"number": bounds[LEAST]}
        )
    if MOST in bounds and number > bounds[MOST]:
        raise ValueError(
            _("The largest number that the form takes is %(number)s.") % {"number": bounds[MOST]}
        )
    return number
