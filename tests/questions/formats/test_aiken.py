"""Aiken, whose readers elsewhere lose in silence what ours names with its line."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings

from questions.formats.aiken import read_aiken, write_aiken
from questions.formats.drafts import FileRefused, Parsed, ParsedOption, ParsedQuestion, Where
from tests.questions.formats import strategies
from tests.questions.formats.round_trip import alike


def read(text: str) -> Parsed:
    return read_aiken(text.encode())


def faults(parsed: Parsed) -> list[tuple[str, str, int | None]]:
    return [(problem.level, problem.code, problem.where.line) for problem in parsed.problems]


def test_questions_with_and_without_blank_lines_between_them_are_read() -> None:
    parsed = read(
        "Which <b> is it?\nA) One\nB) Two\nANSWER: B\n\nNext?\n\nA. 1\n\nB.2\nC) C) three\nANSWER: C"
    )
    assert list(parsed.questions) == [
        ParsedQuestion(
            "single",
            "Which <b> is it?",
            (ParsedOption("One", Fraction(0)), ParsedOption("Two", Fraction(1))),
        ),
        ParsedQuestion(
            "single",
            "Next?",
            (ParsedOption("1"), ParsedOption("2"), ParsedOption("C) three", Fraction(1))),
        ),
    ]
    assert [question.where for question in parsed.questions] == [Where(line=1), Where(line=6)]
    assert (parsed.problems, parsed.skipped) == ([], [])


def test_what_is_wrong_is_named_and_the_rest_is_read() -> None:
    parsed = read(
        """\
One option alone?
A) This
ANSWER: A

B) Belongs to nothing

ANSWER: B

Never answered?
A) One
B) Two

Good?
A)Yes
B)No
ANSWER: A
Also good?
A) Yes
B) No
ANSWER: B
"""
    )
    assert [question.stem for question in parsed.questions] == ["Good?", "Also good?"]
    assert faults(parsed) == [
        ("error", "too_few_options", 1),
        ("error", "outside_question", 5),
        ("error", "outside_question", 7),
        ("error", "answer_missing", 9),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Q?\nA) x\nB) y\nANSWER: C", "unknown_letter"),
        ("Q?\nA) x\nB) y\nANSWER:", "unknown_letter"),
        ("Q?\nA) x\nB) y\nANSWER: 1", "unknown_letter"),
        ("Q?\nA) x\nB) y\nANSWER: both", "unknown_letter"),
        ("Q?\nA) x\nB) y\nANSWER: A, B", "several_letters"),
        ("Q?\nA) x\nB) y\nANSWER: A and B", "several_letters"),
        ("Q?\nA) x\nB) y\nANSWER: AB", "several_letters"),
        ("Q?\nA) x\nA) y\nB) z\nANSWER: A", "letter_twice"),
        ("Q?\nA) x\nC) y\nANSWER: A", "letters_order"),
        ("Q?\nA) x\nB)\nANSWER: A", "empty_option"),
        ("Q?\nA) x\nB) x\nANSWER: A", "same_options"),
        ("Q?\nANSWER: A", "too_few_options"),
        ("Q?\nA) x\nB) y", "answer_missing"),
        ("Words that nobody asked", "answer_missing"),
    ],
)
def test_question_that_is_wrong_is_one_error(text: str, code: str) -> None:
    parsed = read(f"\n{text}\n")
    assert (list(parsed.questions), faults(parsed)) == ([], [("error", code, 2)])


@pytest.mark.parametrize(
    ("text", "stem", "code"),
    [
        ("Q?\nA) x\nB) y\nAnswer: B", "Q?", "answer_spelling"),
        ("Q?\nA) x\nB) y\nANSWER:B", "Q?", "answer_spelling"),
        ("Q?\na) x\nb) y\nANSWER: b", "Q?", "lower_case"),
        ("Who\ngoes on?\nand on\nA) x\nB) y\nANSWER: B", "Who\ngoes on?\nand on", "several_lines"),
        ("A. Turing did what?\nA) x\nB) y\nANSWER: B", "A. Turing did what?", "stem_like_option"),
    ],
)
def test_what_other_programs_do_not_take_is_read_with_a_warning(text: str, stem: str, code: str) -> None:
    parsed = read(text)
    (question,) = parsed.questions
    assert question.stem == stem
    assert [(option.text, option.share) for option in question.options] == [("x", 0), ("y", 1)]
    assert faults(parsed) == [("warning", code, 1)]


def test_dialect_with_words_of_its_own_is_refused_by_name() -> None:
    with pytest.raises(FileRefused) as refused:
        read("NUMBERING: 1\nQ?\n1) x\n2) y\nANSWER: 1")
    assert refused.value.code == "aiken_advanced"


def _with_one_key(question: ParsedQuestion) -> ParsedQuestion:
    options = [
        replace(option, share=Fraction(number == 1)) for number, option in enumerate(question.options, 1)
    ]
    return replace(
        question, kind="single" if options else "open", marking="all_or_nothing", options=tuple(options)
    )


@given(strategies.questions(plain=True).map(_with_one_key))
@settings(max_examples=60)
def test_question_is_read_back_as_it_was_written(question: ParsedQuestion) -> None:
    written = write_aiken([question])
    if not any(loss.is_left_out for loss in written.losses):
        assert alike(read_aiken(written.content).questions, [question], written)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (ParsedQuestion("open", "Why?"), "open_question"),
        (
            ParsedQuestion("multiple", "Q?", (ParsedOption("x", Fraction(1)), ParsedOption("y"))),
            "several_keys",
        ),
        (
            ParsedQuestion("single", "Q?", (ParsedOption("x", Fraction(1)), ParsedOption("y", Fraction(1)))),
            "several_keys",
        ),
        (
            ParsedQuestion("single", "Q?", (ParsedOption("x", Fraction(1)), ParsedOption("y", Fraction(-1)))),
            "part_marks",
        ),
        (
            ParsedQuestion("single", "Q\n?", (ParsedOption("x", Fraction(1)), ParsedOption("y"))),
            "several_lines",
        ),
        (
            ParsedQuestion("single", "A) Q?", (ParsedOption("x", Fraction(1)), ParsedOption("y"))),
            "looks_like_another_line",
        ),
    ],
)
def test_question_that_aiken_cannot_hold_is_left_out_and_told(question: ParsedQuestion, reason: str) -> None:
    written = write_aiken([question])
    assert written.content.strip() == b""
    assert [(loss.question, loss.code, loss.is_left_out) for loss in written.losses] == [(0, reason, True)]
