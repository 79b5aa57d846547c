"""Stems that ask nearly the same, found without comparing each with each."""

from __future__ import annotations

import random
import time
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.rules import lint
from tests.questions.rules.lint.pairs import FAR, NEAR


def pairs(stems: list[str], among: set[int] | None = None) -> set[tuple[int, int]]:
    near = lint.NearDuplicates()
    for number, stem in enumerate(stems):
        near.add(number, stem)
    return {(min(one, other), max(one, other)) for one, other, _likeness in near.pairs(among=among)}


def test_there_are_thirty_pairs() -> None:
    assert (len(NEAR), len(FAR)) == (15, 15)
    assert len({stem for pair in NEAR for stem in pair}) == 30


@pytest.mark.parametrize(("one", "other"), NEAR)
def test_stems_that_ask_nearly_the_same_are_a_pair(one: str, other: str) -> None:
    assert lint.likeness(lint.trigrams(one), lint.trigrams(other)) >= lint.NEAR
    assert pairs([one, other]) == {(0, 1)}


@pytest.mark.parametrize(("one", "other"), FAR)
def test_stems_that_only_look_like_it_are_none(one: str, other: str) -> None:
    assert lint.likeness(lint.trigrams(one), lint.trigrams(other)) < lint.NEAR
    assert pairs([one, other]) == set()


def test_all_sixty_together_have_the_fifteen_pairs_alone() -> None:
    stems = [stem for pair in [*NEAR, *FAR] for stem in pair]
    expected = {
        (one, other) for one, other in combinations(range(len(stems)), 2) if _are_alike(stems, one, other)
    }

    assert expected >= {(2 * number, 2 * number + 1) for number in range(15)}
    assert pairs(stems) == expected


def test_of_two_banks_the_fifteen_pairs_are_found_from_either_side() -> None:
    stems = [stem for pair in [*NEAR, *FAR] for stem in pair]
    expected = {(2 * number, 2 * number + 1) for number in range(15)}
    for own in (set(range(0, 60, 2)), set(range(1, 60, 2))):
        assert {pair for pair in pairs(stems, own) if len(own.intersection(pair)) == 1} >= expected


def _are_alike(stems: list[str], one: int, other: int) -> bool:
    return lint.likeness(lint.trigrams(stems[one]), lint.trigrams(stems[other])) >= lint.NEAR


@given(st.lists(st.text(alphabet="abc ", min_size=1, max_size=30), max_size=25))
def test_every_pair_is_found_that_comparing_each_with_each_finds(stems: list[str]) -> None:
    expected = {
        (one, other) for one, other in combinations(range(len(stems)), 2) if _are_alike(stems, one, other)
    }

    assert pairs(stems) == expected


@given(
    st.lists(st.text(alphabet="abc ", min_size=1, max_size=30), max_size=25),
    st.sets(st.integers(min_value=0, max_value=24)),
)
def test_every_pair_of_which_one_is_asked_about_is_found_and_no_other(
    stems: list[str], among: set[int]
) -> None:
    expected = {
        (one, other)
        for one, other in combinations(range(len(stems)), 2)
        if _are_alike(stems, one, other) and among.intersection((one, other))
    }

    assert pairs(stems, among) == expected


def test_ten_thousand_stems_are_compared_in_seconds() -> None:
    dice = random.Random(7)
    words = ["".join(dice.choices("aeinrstldmoku", k=dice.randint(2, 9))) for _ in range(3000)]
    code = "\n\n```python\nfrom flask import Flask\n\napp = Flask(__name__)\n\n\n"
    code += "@app.route('/{}')\ndef {}():\n    return '{}'\n```"
    stems = []
    for number in range(10_000):
        stem = " ".join(dice.choices(words, k=dice.randint(8, 30))) + "?"
        stems.append(stem + code.format(*dice.choices(words, k=3)) if number % 2 else stem)
    for copied in range(0, 1000, 10):
        stems[9000 + copied // 10] = stems[copied] + " too"

    begin = time.process_time()
    found = pairs(stems)
    took = time.process_time() - begin

    assert found >= {(copied, 9000 + copied // 10) for copied in range(0, 1000, 10)}
    assert took < 20
