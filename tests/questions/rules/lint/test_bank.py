"""What is seen of a whole bank alone."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest

from questions.enums import FindingKind
from questions.rules import QuestionDraft, lint
from tests.questions.rules.lint.drafts import draft


@pytest.mark.parametrize(
    ("hits", "trials", "chance"),
    [
        (0, 20, 0.25),
        (5, 20, 0.25),
        (12, 20, 0.25),
        (20, 20, 0.5),
        (400, 1000, 0.33),
        (1, 30, 0.2),
    ],
)
def test_the_chance_of_so_many_is_that_of_the_exact_binomial_test(
    hits: int, trials: int, chance: float
) -> None:
    exact = Fraction(chance).limit_denominator(1000)
    expected = sum(comb(trials, k) * exact**k * (1 - exact) ** (trials - k) for k in range(hits, trials + 1))

    assert lint.chance_of_at_least(hits, trials, chance) == pytest.approx(
        float(expected), rel=1e-6, abs=1e-12
    )


def question(right: int, longest: int | None, options: int = 4) -> QuestionDraft:
    """A question with so many options, one right and one longer than the others (from 0)."""
    texts = [f"Option number {place}" + (" and more" if place == longest else "") for place in range(options)]
    return draft(texts=texts, shares=["1" if place == right else "0" for place in range(options)])


def tell(drafts: list[QuestionDraft]) -> dict[FindingKind, dict[str, object]]:
    tally = lint.BankTally()
    for each in drafts:
        tally.add(each)
    return {found.kind: dict(found.values) for found in tally.found()}


def test_the_longest_option_that_is_right_too_often_is_found() -> None:
    # 11 of 20 at a quarter: P = 0.0039; 10 of 20: P = 0.0139.
    rare = [question(place % 4, place % 4 if place < 11 else (place + 1) % 4) for place in range(20)]
    usual = [question(place % 4, place % 4 if place < 10 else (place + 1) % 4) for place in range(20)]

    assert tell(rare) == {
        FindingKind.LENGTH_TELLS: {"hits": 11, "questions": 20, "expected": 5.0, "p": 0.0039}
    }
    assert tell(usual) == {}


def test_fewer_than_twenty_questions_tell_nothing() -> None:
    assert tell([question(place % 4, place % 4) for place in range(19)]) == {}


def test_questions_without_a_longest_option_say_nothing_of_lengths() -> None:
    drafts = [question(place % 4, place % 4) for place in range(15)]

    assert tell([*drafts, *[question(place % 4, None) for place in range(20)]]) == {}


def test_signs_of_markdown_make_no_option_longer() -> None:
    drafts = [
        draft(
            texts=["**`one`**" if place == right else "five" for place in range(4)],
            shares=["1" if place == right else "0" for place in range(4)],
        )
        for right in [0, 1, 2, 3] * 6
    ]

    assert tell(drafts) == {}


def test_a_place_that_is_right_too_often_is_found() -> None:
    # 14 of 24 at a quarter, four places looked at: P = 4 * 0.00053.
    places = [1] * 14 + [0, 2, 3] * 3 + [0]

    assert tell([question(place, None) for place in places]) == {
        FindingKind.POSITION_TELLS: {"hits": 14, "questions": 24, "expected": 6.0, "p": 0.0021, "number": 2}
    }
    assert tell([question(place, None) for place in [0, 1, 2, 3] * 6]) == {}


def test_chance_is_the_mean_over_questions_with_more_and_fewer_options() -> None:
    # Of questions with two options half are right by chance: 14 of 28 tell nothing there.
    assert tell([question(place % 2, 0, options=2) for place in range(28)]) == {}


def test_questions_with_several_right_options_or_none_are_left_out() -> None:
    tally = lint.BankTally()
    tally.add(draft(kind="multiple", shares=("1/2", "1/2", "0")))
    tally.add(draft(shares=("1", "1", "0")))
    tally.add(draft(shares=("0", "0", "0")))

    assert tally.questions == 0
