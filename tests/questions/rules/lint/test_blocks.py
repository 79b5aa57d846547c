"""Code blocks and pictures in the texts of a question, and how long it takes to read."""

from __future__ import annotations

import pytest

from questions.rules import lint
from tests.questions.rules.lint.drafts import draft, found


def test_a_block_that_nobody_closed_is_found_where_it_is() -> None:
    stem = "Look:\n\n```python\nx = 1\n```\n\nAnd:\n\n```python\ny = 2"

    assert found(draft(stem)) == [("fence_open", "stem.code.2")]
    assert found(draft(stem + "\n```")) == []


@pytest.mark.parametrize(
    "block",
    [
        "~~~python\nx = 1\n~~~",
        "````text\n```\n````",
        "> ```python\n> x = 1\n> ```",
        "- ```python\n  x = 1\n  ```",
    ],
)
def test_blocks_of_every_shape_are_closed(block: str) -> None:
    assert found(draft(f"Look:\n\n{block}\n\nWhat is x?")) == []


def test_code_that_does_not_parse_is_found_with_its_line_in_every_text() -> None:
    broken = "```python\nx = 1\ny = (\n```"
    question = draft(
        f"What is x?\n\n{broken}",
        texts=("One", broken),
        shares=("1", "0"),
        explanation=f"So:\n\n{broken}",
        feedback={"b": broken},
    )

    places = [one for one in lint.look_through(question) if one.kind == "code_broken"]

    assert [(one.place, one.values["language"], one.values["line"]) for one in places] == [
        ("stem.code.1", "python", 2),
        ("option.b.code.1", "python", 2),
        ("option.b.feedback.code.1", "python", 2),
        ("explanation.code.1", "python", 2),
    ]


def test_code_that_is_broken_on_purpose_is_left_alone() -> None:
    stem = "What does this raise?\n\n```python\ndef f(:\n```"

    assert found(draft(stem)) == [("code_broken", "stem.code.1")]
    assert found(draft(stem, texts=("`SyntaxError`", "`NameError`"), shares=("1", "0"))) == []


@pytest.mark.parametrize(("named", "language"), [("", ""), ("brainfuck", "brainfuck")])
def test_a_block_without_a_known_language_is_found(named: str, language: str) -> None:
    (unknown,) = lint.look_through(draft(f"What is this?\n\n```{named}\n+++\n```"))

    assert (unknown.kind, unknown.place, unknown.values) == (
        "unknown_language",
        "stem.code.1",
        {"language": language},
    )


@pytest.mark.parametrize("named", ["text", "output", "PYTHON", "py", "sh"])
def test_other_names_of_languages_are_known(named: str) -> None:
    assert found(draft(f"What is this?\n\n```{named}\nx\n```")) == []


def test_pictures_elsewhere_missing_or_without_a_description_are_found() -> None:
    stem = "![A plan](https://example.com/a.png) ![](/pictures/here) ![A plan](/pictures/gone)\n\nWhat is it?"

    assert found(draft(stem), pictures={"/pictures/here"}) == [
        ("picture_remote", "stem.picture.1"),
        ("picture_undescribed", "stem.picture.2"),
        ("picture_missing", "stem.picture.3"),
    ]
    assert found(draft("![A plan](/pictures/here)\n\nWhat is it?"), pictures={"/pictures/here"}) == []


def test_a_picture_in_code_is_none() -> None:
    assert found(draft("What does this show?\n\n```text\n![](x)\n```\n\nAnd `![](y)`?"), pictures=()) == []


def test_a_question_that_takes_long_to_read_is_found() -> None:
    (long,) = lint.look_through(draft("word " * 600 + "What is it?"))

    assert (long.kind, long.place, long.values["most"]) == ("too_long", "stem", 150)
    assert 180 <= long.values["seconds"] <= 190
    assert found(draft("word " * 300 + "What is it?")) == []


def test_the_fingerprint_changes_with_the_text_of_the_place_alone() -> None:
    one = draft("```python\nx\n```\n\nWhat is x?")
    other = draft("```python\nx\n```\n\nWhat is it?")

    assert lint.fingerprint(one, "stem") != lint.fingerprint(other, "stem")
    assert lint.fingerprint(one, "stem.code.1") == lint.fingerprint(other, "stem.code.1")
    assert lint.text_at(one, "option.b") == "A signal"
    assert lint.text_at(one, "explanation") == "Blueprints hold routes."
