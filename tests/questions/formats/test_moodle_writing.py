"""What is written as Moodle XML is read back as it was, and what it cannot hold is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from questions.formats.drafts import ParsedOption, ParsedQuestion
from questions.formats.fractions import is_exact_percent
from questions.formats.moodle import read_moodle, write_moodle
from tests.questions.formats import strategies
from tests.questions.formats.round_trip import alike


def check(questions: Sequence[ParsedQuestion]) -> None:
    written = write_moodle(questions)
    read = read_moodle(written.content).questions
    # Moodle minds fractions that are none of its own; read here they are exact as far as five decimals tell.
    losses = [
        loss
        for loss in written.losses
        if loss.code != "odd_fraction"
        or not all(is_exact_percent(option.share) for option in questions[loss.question].options)
    ]
    assert alike(read, questions, replace(written, losses=losses))


@given(strategies.several())
@settings(max_examples=40)
def test_questions_are_read_back_as_they_were_written(questions: Sequence[ParsedQuestion]) -> None:
    check(questions)


@pytest.mark.stress
@given(strategies.several())
@settings(max_examples=2_000)
def test_many_questions_are_read_back_as_they_were_written(questions: Sequence[ParsedQuestion]) -> None:
    check(questions)


def test_what_moodle_cannot_hold_is_told() -> None:
    question = ParsedQuestion(
        "multiple",
        "Q",
        (ParsedOption("a", Fraction(1, 13), place="last"), ParsedOption("b")),
        source="https://example.org/",
        tags=("level:junior",),
        category="a//b",
    )
    losses = write_moodle([ParsedQuestion("open", "Why?"), question]).losses
    assert [(loss.question, loss.code, loss.field) for loss in losses] == [
        (1, "not_held", "source"),
        (1, "not_held", "places"),
        (1, "not_held", "marking"),
        (1, "odd_fraction", "shares"),
        (1, "not_held", "category"),
        (1, "not_held", "tags"),
        (1, "not_held", "level"),
    ]


def test_case_21_signs_that_no_xml_may_hold_are_told() -> None:
    question = ParsedQuestion("single", "a\x00b", (ParsedOption("c\x0be", Fraction(1)), ParsedOption("d")))
    written = write_moodle([question])
    assert [(loss.code, loss.field) for loss in written.losses] == [
        ("signs_removed", "stem"),
        ("signs_removed", "options"),
    ]
    assert read_moodle(written.content).questions[0].stem == "ab"


def test_end_of_a_section_within_a_text_is_text() -> None:
    question = ParsedQuestion("open", "a ]]> b ]]]]>", model_answer="<![CDATA[x]]>")
    assert read_moodle(write_moodle([question]).content).questions == [question]
