"""What of a sitting is worth a look: pure rules."""

from __future__ import annotations

import pytest

from assessments.enums import IntegrityGrade, IntegrityThing
from assessments.rules import Noticed, grade_of, half_reach, is_quick, reading_seconds, things_to_look_at


@pytest.mark.parametrize(
    ("texts", "seconds"),
    [
        (["one two three four five six seven"] * 3, 3),
        (["word " * 10_000], 60),
        (["What does this print?\n\n```python\na = 1\n\nb = 2\nprint(a + b)\nprint(b)\n```"], 2),
        (["What does `print(a + b)` print?"], 0),
        ([], 0),
    ],
)
def test_reading_time_counts_words_and_lines_of_code(texts: list[str], seconds: int) -> None:
    assert reading_seconds(texts) == seconds


def test_quick_is_what_was_measured_and_short_of_a_reading_time_that_is_worth_the_name() -> None:
    assert is_quick(4, 5)
    assert not is_quick(5, 5)
    assert not is_quick(None, 5)
    assert not is_quick(0, 2)


@pytest.mark.parametrize(
    ("noticed", "things"),
    [
        (Noticed(), []),
        (Noticed(away=4, away_seconds=59, quick=2), []),
        (Noticed(away=5), [IntegrityThing.AWAY]),
        (Noticed(away=1, away_seconds=60), [IntegrityThing.AWAY]),
        (Noticed(copied=1, quick=3), [IntegrityThing.COPIED, IntegrityThing.QUICK]),
        (
            Noticed(devices=1, networks=2, browsers=1),
            [IntegrityThing.DEVICE, IntegrityThing.NETWORK, IntegrityThing.BROWSER],
        ),
    ],
)
def test_each_kind_of_thing_counts_once(noticed: Noticed, things: list[IntegrityThing]) -> None:
    assert things_to_look_at(noticed) == things


def test_grade_says_how_much_there_is_to_look_at() -> None:
    things = list(IntegrityThing)

    assert grade_of([], is_measured=True) == IntegrityGrade.NOTHING
    assert grade_of([], is_measured=False) == IntegrityGrade.UNKNOWN
    assert grade_of(things[:1], is_measured=False) == IntegrityGrade.FEW
    assert grade_of(things[:2], is_measured=True) == IntegrityGrade.FEW
    assert grade_of(things[:3], is_measured=True) == IntegrityGrade.SEVERAL


@pytest.mark.parametrize(
    ("values", "half"), [([0], 0), ([3, 1], 3), ([0, 0, 1], 0), ([0, 2, 5], 2), ([1, 2, 3, 4], 3)]
)
def test_half_of_the_values_reach_it(values: list[int], half: int) -> None:
    assert half_reach(values) == half
    assert sum(value >= half for value in values) >= len(values) / 2
