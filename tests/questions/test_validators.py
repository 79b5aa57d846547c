from __future__ import annotations

from fractions import Fraction

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from questions.enums import Kind, Marking
from questions.queries import plain_stem
from questions.rules import KeyDraft, OptionDraft, QuestionDraft, right_codes, shares_for
from questions.validators import parse_share, validate_content
from tests.factories.questions import key, options

MANY = [OptionDraft(f"o{number}", f"Option {number}") for number in range(27)]


def problems(**changes: object) -> dict[str, list[str]]:
    values = {"kind": Kind.SINGLE, "stem": "Why?", "options": options("abc"), "key": key("a", "abc")}
    try:
        validate_content(**values | changes)
    except ValidationError as refused:
        return refused.message_dict
    return {}


def test_good_questions_pass() -> None:
    assert problems() == {}
    assert problems(kind=Kind.MULTIPLE, key=key("ab", "abc", kind=Kind.MULTIPLE)) == {}
    assert problems(kind=Kind.OPEN, options=[], key=KeyDraft(model_answer="So.")) == {}
    # A wrong answer may cost something.
    assert problems(key=KeyDraft(shares={"a": "1", "b": "-1/3", "c": "0"})) == {}
    # Files have questions with several right options of which one is chosen, and with parts of the mark.
    assert problems(key=KeyDraft(shares={"a": "1", "b": "1", "c": "1/2"})) == {}
    for shares in (
        {"a": "1", "b": "1", "c": "0"},
        {"a": "1/3", "b": "1/3", "c": "-1"},
        {"a": "1/3", "b": "0", "c": "0"},
    ):
        assert problems(kind=Kind.MULTIPLE, key=KeyDraft(shares=shares)) == {}
    letters = "abcdefghijklmnopqrstuvwxyz"
    assert problems(options=options(letters), key=key("z", letters)) == {}
    placed = [OptionDraft(place or "a", place or "a", place) for place in ("", "first", "here", "last")]
    assert problems(options=placed, key=key("a", ["a", "first", "here", "last"])) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stem": "  \n"}, "stem"),
        ({"stem": "x" * 20_001}, "stem"),
        ({"options": options("a"), "key": key("a", "a")}, "options"),
        ({"options": MANY, "key": KeyDraft(shares={option.code: "1" for option in MANY})}, "options"),
        (
            {"options": [OptionDraft("a", "same"), OptionDraft("b", " same ")], "key": key("a", "ab")},
            "options",
        ),
        ({"options": [OptionDraft("a", "x"), OptionDraft("a", "y")], "key": key("a", "a")}, "options"),
        ({"options": [OptionDraft("a", "x"), OptionDraft("<b>", "y")], "key": key("a", "ab")}, "options"),
        ({"options": [OptionDraft("a", "x"), OptionDraft("b", " ")], "key": key("a", "ab")}, "options"),
        (
            {"options": [OptionDraft("a", "x"), OptionDraft("b", "y", "middle")], "key": key("a", "ab")},
            "options",
        ),
        (
            {"options": [OptionDraft("a", "x" * 4001), OptionDraft("b", "y")], "key": key("a", "ab")},
            "options",
        ),
        ({"key": key("a", "ab")}, "key"),
        ({"key": key("a", "abcd")}, "key"),
        ({"key": key("", "abc")}, "key"),
        ({"key": KeyDraft(shares={"a": "1/2", "b": "0", "c": "0"})}, "key"),
        ({"key": KeyDraft(shares={"a": "1", "b": "2", "c": "0"})}, "key"),
        ({"key": KeyDraft(shares={"a": "1", "b": "x", "c": "1/0"})}, "key"),
        ({"key": KeyDraft(shares={"a": "1", "b": "0", "c": "0"}, marking="generous")}, "key"),
        ({"key": KeyDraft(shares={"a": "1", "b": "0", "c": "0"}, feedback={"z": "?"})}, "key"),
        ({"key": KeyDraft(shares={"a": "1", "b": "0", "c": "0"}, feedback={"b": "x" * 1001})}, "key"),
        ({"key": KeyDraft(shares={"a": "1", "b": "0", "c": "0"}, explanation="x" * 20_001)}, "explanation"),
        ({"key": KeyDraft(shares={"a": "1", "b": "0", "c": "0"}, source="x" * 501)}, "source"),
        ({"kind": Kind.OPEN, "options": [], "key": KeyDraft(model_answer="x" * 20_001)}, "model_answer"),
        ({"kind": Kind.MULTIPLE, "key": KeyDraft(shares={"a": "0", "b": "-1", "c": "0"})}, "key"),
        ({"kind": Kind.OPEN}, "options"),
        ({"kind": Kind.OPEN, "options": []}, "key"),
    ],
)
def test_mistake_is_named_at_its_field(changes, field) -> None:
    assert field in problems(**changes)


@given(st.data())
def test_shares_of_any_choice_pass_and_add_up_to_one(data) -> None:
    codes = "abcdefgh"[: data.draw(st.integers(2, 8))]
    right = "".join(sorted(data.draw(st.sets(st.sampled_from(codes), min_size=1))))
    kind = Kind.SINGLE if len(right) == 1 else Kind.MULTIPLE

    shares = shares_for(list(codes), right, kind=kind)

    assert problems(kind=kind, options=options(codes), key=KeyDraft(shares=shares)) == {}
    assert sum(Fraction(share) for share in shares.values() if Fraction(share) > 0) == 1
    assert right_codes(shares, kind=kind) == list(right)


@pytest.mark.parametrize(
    ("text", "share"), [("1", 1), ("0", 0), ("-1/3", Fraction(-1, 3)), ("0.5", Fraction(1, 2))]
)
def test_share_is_read_exactly(text, share) -> None:
    assert parse_share(text) == share


@pytest.mark.parametrize("text", ["", "x", "1/0", "1.01", "-2", "1e3", "nan", "inf"])
def test_share_that_is_none_is_refused(text) -> None:
    with pytest.raises(ValueError):
        parse_share(text)


def test_digest_of_a_question_ignores_the_order_of_skills_and_nothing_else() -> None:
    base = {
        "external_id": "q",
        "kind": "single",
        "level": "junior",
        "difficulty": 2,
        "skills": ["a", "b"],
        "stem": "Why?",
        "options": options("ab"),
        "key": key("a", "ab"),
        "tags": ["x"],
    }
    digest = QuestionDraft(**base).digest()

    changed = [
        {"stem": "Why not?"},
        {"difficulty": 3},
        {"skills": ["a"]},
        {"options": options("ba")},
        {"key": key("b", "ab")},
        {"key": KeyDraft(shares=key("a", "ab").shares, marking=Marking.PARTIAL, explanation="Because.")},
    ]
    assert QuestionDraft(**base | {"skills": ("b", "a"), "tags": ("x",)}).digest() == digest
    assert digest not in {QuestionDraft(**base | change).digest() for change in changed}


def test_plain_stem_is_the_words_without_code() -> None:
    assert plain_stem("What does `this` print?\n\n```python\nprint(1)\n```\n\nOne word.") == (
        "What does this print? One word."
    )
    assert plain_stem("Which **two** of a *micro framework*, and 2*3*4 or `**kwargs`?") == (
        "Which two of a micro framework, and 2*3*4 or **kwargs?"
    )
    assert plain_stem("```python\nprint(1)\n```") == "python print(1)"
    assert plain_stem("Look:\n\n![A map](/pictures/x) ![](https://y.example/1.png)\n\nWhere?") == (
        "Look: A map Where?"
    )
    assert plain_stem("What does [the manual](https://docs.example/a) say of `a[0](x)`?") == (
        "What does the manual say of a[0](x)?"
    )
    assert plain_stem("![](/pictures/x)") == "![](/pictures/x)"


def test_case_18_formula_scoring_a_share_that_is_an_expression_is_refused(code_as_text) -> None:
    for text in [*code_as_text, "1e999999999", "0x1", "1_0", " 1", "1/2/3", "9" * 100_000, "١"]:
        assert list(problems(key=KeyDraft(shares={"a": "1", "b": text, "c": "0"}))) == ["key"], text[:40]
