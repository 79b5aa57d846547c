"""What differs between two texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from questions.rules.differences import Block, Change, text_difference

SIGNS = {Change.SAME: "", Change.GONE: "-", Change.NEW: "+"}


def read(blocks: tuple[Block, ...]) -> list[tuple[str, list[str]]]:
    """Each block as "code" or "prose", its pieces with a sign before what differs."""
    return [
        ("code" if block.is_code else "prose", [SIGNS[piece.change] + piece.text for piece in block.pieces])
        for block in blocks
    ]


def test_prose_is_compared_by_words_and_keeps_the_words_around_a_change() -> None:
    blocks = text_difference("Which hook runs first, always?", "Which hook runs last, always?")

    assert read(blocks) == [("prose", ["Which hook runs", "- first", "+ last", ", always?\n"])]


def test_prose_that_was_written_anew_is_shown_as_it_was_and_as_it_is() -> None:
    old = "A list goes to the program entry by entry, so no sign with a meaning is left."
    new = "Another explanation, with code."

    assert read(text_difference(old, new)) == [("prose", [f"-{old}\n", f"+{new}\n"])]
    # What is added to a text leaves it as it was.
    assert read(text_difference("One goes first.", f"One goes first. {old}")) == [
        ("prose", ["One goes first.", f"+ {old}", "\n"])
    ]


def test_code_is_compared_by_lines_and_prose_beside_it_by_words() -> None:
    old = "What is shown?\n\n```python\nx = 1\nprint(x)\n```"
    new = "What is printed?\n\n```python\nx = 2\nprint(x)\n```"

    assert read(text_difference(old, new)) == [
        ("prose", ["What is", "- shown", "+ printed", "?\n\n"]),
        ("code", ["```python\n", "-x = 1\n", "+x = 2\n", "print(x)\n", "```\n"]),
    ]


def test_a_block_that_turns_into_code_is_shown_as_it_was_and_as_it_is() -> None:
    assert read(text_difference("x = 1", "```\nx = 1\n```")) == [
        ("prose", ["-x = 1\n"]),
        ("code", ["+```\n", "+x = 1\n", "+```\n"]),
    ]


def test_a_fence_is_closed_by_as_many_marks_as_opened_it() -> None:
    text = "````\n```\nstill code\n````\nprose"

    assert [block.is_code for block in text_difference(text, text)] == [True, False]


@pytest.mark.parametrize("text", ["", "one\ntwo"])
def test_the_same_text_differs_in_nothing(text: str) -> None:
    pieces = [piece for block in text_difference(text, text) for piece in block.pieces]

    assert {piece.change for piece in pieces} <= {Change.SAME}


words = st.lists(
    st.sampled_from(["one", "two", " ", "\n", "```\n", "~~~\n", ".", "é", "\t"]), max_size=30
).map("".join)


@given(words, words)
def test_both_texts_can_be_read_out_of_their_difference(old: str, new: str) -> None:
    blocks = text_difference(old, new)

    for text, other in ((old, Change.NEW), (new, Change.GONE)):
        kept = "".join(piece.text for block in blocks for piece in block.pieces if piece.change is not other)
        assert sorted(kept.split("\n")) == sorted(
            ("\n".join(text.splitlines()) + "\n" if text else "").split("\n")
        )


def test_the_longest_texts_are_compared_within_a_second() -> None:
    started = time.process_time()

    for old, new in (
        ("a " * 10_000, "b " * 10_000),
        ("a\n" * 10_000, "\n" * 20_000),
        ("a b " * 740, "b c a " * 490),
    ):
        assert text_difference(old, new)

    assert time.process_time() - started < 1
