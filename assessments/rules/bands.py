"""From marks to a percentage to a band."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import Protocol

from assessments.enums import Band

_THOUSANDTH = Decimal("0.001")


class PassBand(Protocol):
    """What of a test version decides the band."""

    pass_mark: Decimal
    borderline_from: Decimal


def percent_of(marks: Fraction, possible: Fraction) -> Decimal:
    """Return the percentage with three places, rounded down.

    Rounding up could show a pass mark that was not reached; rounded down, the shown number and the exact one are always
    on the same side of a mark with at most three places.
    """
    if possible <= 0:
        return Decimal("0.000")
    thousandths = (marks * 100_000) // possible
    return (Decimal(int(thousandths)) * _THOUSANDTH).quantize(_THOUSANDTH, rounding=ROUND_FLOOR)


def band_for(percent: Decimal, version: PassBand) -> Band:
    """Return the band of `percent`: at or above the pass mark is a pass, from `borderline_from` on a person decides."""
    if percent >= version.pass_mark:
        return Band.PASSED
    if percent >= version.borderline_from:
        return Band.BORDERLINE
    return Band.BELOW
