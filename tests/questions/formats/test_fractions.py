"""Percentages of foreign files become exact shares, and shares become percentages that say the same."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.formats.fractions import exact_share, is_exact_percent, percent_text


@pytest.mark.parametrize(
    ("percent", "share"),
    [
        ("100", Fraction(1)),
        ("0", Fraction(0)),
        ("-100", Fraction(-1)),
        ("+50", Fraction(1, 2)),
        ("33.33333", Fraction(1, 3)),
        ("33.33", Fraction(1, 3)),
        ("-33.33333", Fraction(-1, 3)),
        ("66.667", Fraction(2, 3)),
        ("66.66667", Fraction(2, 3)),
        ("14.28571", Fraction(1, 7)),
        ("16.6667", Fraction(1, 6)),
        ("83.33333", Fraction(5, 6)),
        ("11.11111", Fraction(1, 9)),
        ("12.5", Fraction(1, 8)),
        # A whole number is meant as it stands.
        ("33", Fraction(33, 100)),
        ("17.4", Fraction(87, 500)),
        (" 5. ", Fraction(1, 20)),
        (".5", Fraction(1, 200)),
    ],
)
def test_percentage_becomes_the_fraction_it_stands_for(percent: str, share: Fraction) -> None:
    assert exact_share(percent) == share


@pytest.mark.parametrize("percent", ["", "x", "1e9", "1/3", "--5", "5%", "٣", "nan", "1" * 5000, "."])
def test_percentage_that_is_no_number_is_refused(percent: str) -> None:
    with pytest.raises(ValueError):
        exact_share(percent)


@pytest.mark.parametrize("percent", ["100.1", "-101", "999"])
def test_percentage_of_more_than_everything_is_refused(percent: str) -> None:
    with pytest.raises(OverflowError):
        exact_share(percent)


@given(
    st.integers(1, 12).flatmap(lambda parts: st.builds(Fraction, st.integers(-parts, parts), st.just(parts)))
)
def test_share_of_up_to_twelve_parts_survives_as_a_percentage(share: Fraction) -> None:
    assert exact_share(percent_text(share)) == share
    assert is_exact_percent(share)


def test_share_that_five_decimals_cannot_hold_is_told() -> None:
    assert not is_exact_percent(Fraction(1, 13))
    assert percent_text(Fraction(1, 13)) == "7.69231"
    assert percent_text(Fraction(-5, 1000)) == "-0.5"
