"""What was found in a file stands in exactly one of three lists."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from questions.formats import limits
from questions.formats.drafts import FileRefused, ParsedOption, ParsedQuestion, Where
from questions.formats.gathering import Gathering, tidy

RIGHT = ParsedOption("right", Fraction(1))
WRONG = ParsedOption("wrong")
GOOD = ParsedQuestion("single", "Which?", (RIGHT, WRONG), where=Where(line=3))


@pytest.mark.parametrize(
    ("question", "code"),
    [
        (replace(GOOD, stem=" \n"), "empty_stem"),
        (replace(GOOD, stem="x" * (limits.LONG_TEXT + 1)), "text_too_long"),
        (replace(GOOD, options=(RIGHT, ParsedOption("x" * 4001))), "text_too_long"),
        (replace(GOOD, options=(RIGHT, ParsedOption("x", feedback="x" * 1001))), "text_too_long"),
        (replace(GOOD, tags=tuple(f"tag {n}" for n in range(21))), "too_many_tags"),
        (replace(GOOD, options=(RIGHT,)), "too_few_options"),
        (replace(GOOD, options=(RIGHT, ParsedOption("  "))), "empty_option"),
        (replace(GOOD, options=(RIGHT, ParsedOption(" right\n"))), "same_options"),
        (replace(GOOD, options=(RIGHT, *(ParsedOption(f"{n}") for n in range(26)))), "too_many_options"),
        (replace(GOOD, options=(WRONG, ParsedOption("other"))), "no_key"),
        (replace(GOOD, options=(WRONG, ParsedOption("other", Fraction(1, 2)))), "no_full_mark"),
        (replace(GOOD, kind="multiple", options=(WRONG, ParsedOption("other", Fraction(-1)))), "no_key"),
    ],
)
def test_question_that_cannot_be_asked_is_an_error_and_no_question(
    question: ParsedQuestion, code: str
) -> None:
    gathering = Gathering("gift")
    gathering.take(question)
    parsed = gathering.parsed()
    assert parsed.questions == []
    assert [(problem.level, problem.code, problem.where) for problem in parsed.problems] == [
        ("error", code, Where(line=3))
    ]


def test_warning_stands_beside_its_question() -> None:
    gathering = Gathering("gift")
    gathering.take(replace(GOOD, options=(RIGHT, ParsedOption("also", Fraction(1)))), [("looks_cut", {})])
    parsed = gathering.parsed()
    assert len(parsed.questions) == 1
    assert [(problem.level, problem.code) for problem in parsed.problems] == [
        ("warning", "looks_cut"),
        ("warning", "several_keys"),
    ]


def test_second_question_with_the_same_id_is_an_error_that_names_the_first() -> None:
    gathering = Gathering("gift")
    gathering.take(replace(GOOD, external_id="q1"))
    gathering.take(replace(GOOD, external_id="q1", stem="Another?", where=Where(line=9)))
    parsed = gathering.parsed()
    assert [question.stem for question in parsed.questions] == ["Which?"]
    (problem,) = parsed.problems
    assert (problem.code, problem.where, problem.values["first"]) == (
        "id_twice",
        Where(line=9),
        Where(line=3),
    )


def test_id_that_is_too_long_is_shortened_always_alike() -> None:
    ids = set()
    for _time in range(2):
        gathering = Gathering("gift")
        gathering.take(replace(GOOD, external_id="x" * 121))
        (question,) = gathering.parsed().questions
        ids.add(question.external_id)
    (shortened,) = ids
    assert 0 < len(shortened) <= limits.EXTERNAL_ID


def test_file_with_more_questions_than_anybody_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "QUESTIONS", 2)
    gathering = Gathering("gift")
    gathering.take(GOOD)
    gathering.skip(Where(line=5), "matching")
    with pytest.raises(FileRefused) as refused:
        gathering.error(Where(line=7), "no_key")
    assert (refused.value.code, refused.value.like) == ("too_many_questions", "gift")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  a", "  a"),
        ("\n \n  a\n\n b \n \n", "  a\n\n b"),
        (" \n", ""),
        ("", ""),
    ],
)
def test_text_loses_blank_lines_around_it_and_keeps_its_indent(text: str, expected: str) -> None:
    assert tidy(text) == expected
    assert tidy(tidy(text)) == expected
