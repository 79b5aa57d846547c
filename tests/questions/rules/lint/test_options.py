"""Options that cannot be told apart, or mean another thing once they are shuffled."""

from __future__ import annotations

import pytest

from questions.rules import lint
from tests.questions.rules.lint.drafts import draft, found


def test_an_empty_option_is_found() -> None:
    assert found(draft(texts=("A blueprint", "  ", "A hook"))) == [("empty_option", "option.b")]


@pytest.mark.parametrize("other", ["a blueprint", "A  blueprint.", "A **blueprint**", "*A blueprint*"])
def test_options_that_read_the_same_are_found_at_the_later_one(other: str) -> None:
    (same,) = lint.look_through(draft(texts=("A blueprint", "A signal", other)))

    assert (same.kind, same.place, same.values) == ("duplicate_options", "option.c", {"other": "a"})


@pytest.mark.parametrize(
    ("one", "other"),
    [("`Foo`", "`foo`"), ("`a_b`", "`ab`"), ("`1.`", "`1`"), ("10", "1 0"), ("```\na\n```", "```\nA\n```")],
)
def test_options_that_differ_in_code_are_not_the_same(one: str, other: str) -> None:
    assert ("duplicate_options", "option.b") not in found(draft(texts=(one, other)))


@pytest.mark.parametrize(
    "text",
    ["All of the above", "None of the above.", "none of these", "**All** of the above", "Both of the above"],
)
def test_all_or_none_of_the_above_has_to_stand_last(text: str) -> None:
    texts = ("A blueprint", "A signal", text)

    assert found(draft(texts=texts)) == [("all_none_unpinned", "option.c")]
    assert found(draft(texts=texts, places=("", "", "last"))) == []
    assert found(draft(texts=texts, places=("", "", "here"))) == []
    assert found(draft(texts=(text, "A signal"), places=("here", ""))) == [("all_none_unpinned", "option.a")]


@pytest.mark.parametrize(
    "text",
    ["All of these functions return a list", "None of the routes match", "Nothing above the line runs"],
)
def test_other_sentences_with_all_and_none_may_stand_anywhere(text: str) -> None:
    assert ("all_none_unpinned", "option.a") not in found(draft(texts=(text, "A signal")))


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("Both A and B", "A and B"),
        ("A and C", "A and C"),
        ("A, B and C", "A, B and C"),
        ("Neither (a) nor (b)", "(a) nor (b)"),
        ("Only (b)", "(b)"),
        ("Options A and B are both wrong", "A and B"),
        ("The same as answer C", "C"),
    ],
)
def test_an_option_that_names_others_by_letter_is_found(text: str, letters: str) -> None:
    everything = lint.look_through(draft(texts=("A blueprint", text)))

    named = [(one.place, one.values) for one in everything if one.kind == "refers_to_letters"]
    assert named == [("option.b", {"letters": letters})]


@pytest.mark.parametrize(
    "text",
    [
        "A and B are subclasses of C",
        "Option a",
        "`A` and `B`",
        "A class",
        "A",
        "a or an iterator",
        "C and C++",
    ],
)
def test_letters_that_are_names_are_left_alone(text: str) -> None:
    assert found(draft(texts=("A blueprint", text))) == []


def test_letters_may_be_named_where_every_option_stays_in_its_place() -> None:
    texts = ("A blueprint", "A signal", "Both A and B")

    assert found(draft(texts=texts, places=("here", "here", "here"))) == []
    assert found(draft(texts=texts, places=("", "", "last"))) == [("refers_to_letters", "option.c")]
