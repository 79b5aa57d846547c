"""What the cells of a question say together: which options are right, and what each earns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from questions.formats.fractions import exact_share, fraction_said

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

_TOKENS = re.compile(r"[\s,;|/&+]+|\band\b", re.IGNORECASE)
_ENDS = re.compile(r"[;|\n]+")
# Where nothing else parts them: a comma may stand in the text of an option.
_COMMAS = re.compile(r"[,;|\n]+")
# "Option 2" is its number.
_WORD = re.compile(r"\b(?:option|choice|answer)[\s_]{0,2}(?=(?:\d{1,2}|[a-z])\b)", re.IGNORECASE)
_NAMED = re.compile(r"([A-Za-z])\s{0,3}[:=]\s{0,3}(\S{1,20})")


class CellError(ValueError):
    """A cell says what cannot be. `column` is the field it belongs to."""

    def __init__(self, code: str, column: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.column = column
        self.values = values


def right_options(said: str, options: Sequence[str], answers: str = "") -> set[int]:
    """Return the positions of the options that a cell names: by their texts, their letters or their numbers.

    `answers` says in which of these ways, one of `columns.ANSWERS`; "" leaves it to be seen.
    Raises `CellError` for what names none, or one in one way and another in another.
    """
    text = said.strip()
    if not text:
        return set()
    folded = [" ".join(option.split()).casefold() for option in options]
    if answers:
        found = _named(text, folded, answers)
        if not found:
            raise CellError(f"unknown_{answers}", "correct", answer=text[:80])
        return found
    by_text = _by_text([text], folded)
    by_sign = _by_sign(text, len(options))
    if by_text is not None and by_sign is not None and by_text != by_sign:
        raise CellError("ambiguous_answer", "correct", answer=text[:80])
    found = by_text or by_sign or _by_texts(text, folded)
    if not found:
        raise CellError("unknown_answer", "correct", answer=text[:80])
    return found


def _named(text: str, folded: Sequence[str], answers: str) -> set[int] | None:
    """Return what a cell names in the one way that its column says."""
    if answers == "correct_texts":
        return _by_text([text], folded) or _by_texts(text, folded)
    if (answers == "correct_letters") == any(sign.isdigit() for sign in text):
        return None
    if answers == "correct_from_zero":
        signs = [sign.strip(".)(") for sign in _TOKENS.split(text[:300]) if sign]
        if not all(sign.isascii() and sign.isdigit() for sign in signs):
            return None
        text = " ".join(str(int(sign) + 1) for sign in signs)
    elif answers == "correct_numbers" and any(sign.isalpha() for sign in text):
        return None
    return _by_sign(text, len(folded))


def _by_text(texts: Sequence[str], folded: Sequence[str]) -> set[int] | None:
    wanted = [" ".join(text.split()).casefold() for text in texts]
    if not all(text in folded for text in wanted):
        return None
    return {folded.index(text) for text in wanted}


def _by_texts(text: str, folded: Sequence[str]) -> set[int] | None:
    """Return what is named by several texts with signs between them."""
    for ends in (_ENDS, _COMMAS):
        found = _by_text([part for part in ends.split(text) if part.strip()], folded)
        if found:
            return found
    return None


def _by_sign(text: str, count: int) -> set[int] | None:
    signs = [sign for sign in _TOKENS.split(_WORD.sub("", text[:300])) if sign]
    found = set()
    for sign in signs:
        position = _position(sign.strip(".)("))
        if not 0 <= position < count:
            return None
        found.add(position)
    return found or None


def _position(sign: str) -> int:
    if sign.isascii() and sign.isdigit() and len(sign) <= 2:
        return int(sign) - 1
    return LETTERS.find(sign.upper()) if len(sign) == 1 else -1


def shares_said(said: str, count: int) -> list[Fraction]:
    """Return the share of each option from "a: 1/2; b: 1/2; c: -1" or "1/2; 1/2; -1".

    Raises `CellError`.
    """
    shares = [Fraction(0)] * count
    for number, part in enumerate(part.strip() for part in _ENDS.split(said) if part.strip()):
        named = _NAMED.fullmatch(part)
        position = LETTERS.find(named[1].upper()) if named else number
        if position >= count:
            raise CellError("unknown_answer", "shares", answer=part[:80])
        shares[position] = _share(named[2] if named else part)
    return shares


def weights_said(said: str, count: int, field: str = "weights") -> list[Fraction]:
    """Return the share of each option from percentages ("50; 50; -100"), which stand in the column of `field`.

    Raises `CellError`.
    """
    parts = [part.strip().rstrip("%") for part in re.split(r"[;|\n]|,(?=\s)", said)]
    if len(parts) != count:
        raise CellError("weights_count", field, count=len(parts), options=count)
    try:
        return [exact_share(part.replace(",", ".") or "0") for part in parts]
    except OverflowError as error:
        raise CellError("share_out", field, share=str(error)) from error
    except ValueError as error:
        raise CellError("share_wrong", field, share=str(error)) from error


def words_said(said: str) -> tuple[str, ...]:
    """Return the words between semicolons, or between commas where no semicolon is."""
    words = (word.strip() for word in said.split(";" if ";" in said else ","))
    return tuple(word for word in words if word)


def lines_said(said: str) -> tuple[str, ...]:
    """Return the lines that hold something."""
    return tuple(line.strip() for line in said.split("\n") if line.strip())


def _share(text: str) -> Fraction:
    if text.endswith("%"):
        return weights_said(text, 1, "shares")[0]
    try:
        return fraction_said(text)
    except OverflowError as error:
        raise CellError("share_out", "shares", share=text[:40]) from error
    except ValueError as error:
        raise CellError("share_wrong", "shares", share=text[:40]) from error
