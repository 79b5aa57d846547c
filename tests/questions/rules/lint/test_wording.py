"""Negatives that are overlooked, and absolute words that give wrong options away."""

from __future__ import annotations

import pytest

from questions.rules import lint
from tests.questions.rules.lint.drafts import draft, found


@pytest.mark.parametrize(
    ("stem", "words"),
    [
        ("Which of these is not a list?", ["not"]),
        ("Which of these isn't mutable?", ["isn't"]),
        ("All of these are true except:", ["except"]),
        ("Here is a program.\n\nWhich line will never run?", ["never"]),
        ("Select the **one** word which cannot be a name.", ["cannot"]),
        ("Which of `not`, `or` and `and` can not be overloaded?", ["not"]),
    ],
)
def test_a_plain_negative_that_turns_the_question_round_is_found(stem: str, words: list[str]) -> None:
    (plain,) = lint.look_through(draft(stem))

    assert (plain.kind, plain.place, plain.values) == ("negative_plain", "stem", {"words": words})


@pytest.mark.parametrize(
    "stem",
    [
        "Which of these is **not** a list?",
        "Which of these is *not* a list?",
        "Which of these is NOT a list?",
        "Which of these is __not__ a list?",
        "In which **two** of these places does it **not** help?",
        "Which of these **is not** a list?",
        # Told, and not asked for.
        "The page does not load. Which line is wrong?",
        "Why does this not work?",
        "What happens if the file does not exist?",
        "Which line runs when the list is not empty?",
        "Which line is quick and cannot be misused?",
        # In code.
        "Which value has `not x`?",
        "What is printed?\n\n```python\nprint(not True)\n```",
    ],
)
def test_other_negatives_are_left_alone(stem: str) -> None:
    assert found(draft(stem)) == []


def test_an_absolute_word_that_no_right_option_has_is_found() -> None:
    (absolute,) = lint.look_through(draft(texts=("A blueprint", "It always holds all routes", "A hook")))

    assert (absolute.kind, absolute.place, absolute.values) == (
        "absolute_word",
        "option.b",
        {"words": ["all", "always"]},
    )


@pytest.mark.parametrize(
    "texts",
    [
        ("It never runs", "It always runs", "It runs once"),
        ("It runs", "It runs only if it is called", "The only line that runs"),
        ("It runs", "`all(x)` is true", "```python\nall([])\n```"),
        ("It runs", "It stops", "None of the above"),
    ],
)
def test_an_absolute_word_tells_nothing_there(texts: tuple[str, ...]) -> None:
    assert ("absolute_word") not in [kind for kind, _place in found(draft(texts=texts))]
