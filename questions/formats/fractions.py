"""Shares of the mark: from the percentages that files hold to exact fractions, and back."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

# Fraction itself takes exponents: "1e999999999" keeps a processor busy for hours.
_PERCENT = re.compile(r"[+-]?(\d{1,3}(\.\d{0,12})?|\.\d{1,12})", re.ASCII)
_TOLERANCE: Final = Fraction(1, 2000)
_FRACTION = re.compile(r"-?\d{1,9}(?:/0{0,8}[1-9]\d{0,8}|\.\d{1,20})?", re.ASCII)
_NUMBER = re.compile(r"[+-]?(?:\d{1,9}(?:\.\d{0,20})?|\.\d{1,20})", re.ASCII)
# As near as a number with many digits comes to what it was made of.
_ROUNDED: Final = Fraction(1, 1_000_000)
_PARTS: Final = range(1, 13)

# Those of nearly every option. Making a fraction anew takes longer than anything else that an option needs.
NOTHING: Final = Fraction(0)
FULL: Final = Fraction(1)


def exact_share(percent: str) -> Fraction:
    """Return the share that a percentage ("33.33333", "-100") stands for: a third is a third.

    Raises: `ValueError` for what is no number, `OverflowError` for a number outside -100 to 100.
    """
    text = percent.strip()
    if not _PERCENT.fullmatch(text):
        raise ValueError(text[:50])
    share = Fraction(text) / 100
    if not -1 <= share <= 1:
        raise OverflowError(text[:50])
    if "." not in text:
        return share
    return _simple(share, _TOLERANCE)


def fraction_said(said: str) -> Fraction:
    """Return the share that a fraction or a number ("1/3", "-1", "0.3333333333") stands for.

    Raises: `ValueError` for what is neither, `OverflowError` for a number outside -1 to 1.
    """
    text = said.strip()
    if not _FRACTION.fullmatch(text):
        raise ValueError(text[:50])
    share = Fraction(text)
    if abs(share.numerator) > share.denominator:
        raise OverflowError(text[:50])
    return _simple(share, _ROUNDED) if "." in text else share


def part_of(earned: Fraction, full: Fraction) -> Fraction:
    """Return which share of the mark `earned` is, where `full` earns all of it; a third is a third."""
    share = earned / full
    return _simple(max(Fraction(-1), min(Fraction(1), share)), _TOLERANCE)


def number_said(said: str) -> Fraction:
    """Return the number that a file says, exactly. Raises: `ValueError` for what is none, or has an exponent."""
    text = said.strip()
    if not _NUMBER.fullmatch(text):
        raise ValueError(text[:50])
    return Fraction(text)


def percent_text(share: Fraction) -> str:
    """Return the percentage of `share` with at most five decimals, as other programs write it."""
    rounded = round(share * 10_000_000)
    whole, rest = divmod(abs(rounded), 100_000)
    decimals = f"{rest:05d}".rstrip("0")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def is_exact_percent(share: Fraction) -> bool:
    """Whether `share` is the same after it was written as a percentage and read again."""
    return exact_share(percent_text(share)) == share


def _simple(share: Fraction, tolerance: Fraction) -> Fraction:
    for parts in _PARTS:
        near = Fraction(round(share * parts), parts)
        if abs(near - share) <= tolerance:
            return near
    return share
