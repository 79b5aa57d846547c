"""GIFT as people and programs write it. The questions are ours, the traps those of public collections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.drafts import FileRefused, Parsed, ParsedOption, ParsedQuestion, Where
from questions.formats.gift import read_gift, write_gift
from tests.questions.formats import strategies
from tests.questions.formats.round_trip import alike


def read(text: str) -> Parsed:
    return read_gift(text.encode())


def only(text: str) -> ParsedQuestion:
    parsed = read(text)
    assert (len(parsed.questions), list(parsed.skipped)) == (1, []), parsed.problems
    return parsed.questions[0]


def options(text: str) -> list[tuple[str, Fraction]]:
    return [(option.text, option.share) for option in only(text).options]


def faults(text: str) -> list[tuple[str, str, int | None]]:
    return [(problem.level, problem.code, problem.where.line) for problem in read(text).problems]


def test_whole_file_keeps_names_ids_tags_categories_and_places() -> None:
    parsed = read(
        """\
// A heading that says nothing
$CATEGORY: $course$/top/history/us

// question: 12  name: Grant [id:q7] [tag:grant] [tag:with \\] bracket]
::Grant\\: the tomb::Who is {
    ~buried #Not quite
    // A comment between options
    =entombed#Right
    ####He is above the ground.
} in Grant's tomb?

$CATEGORY: nature

// [id:q8]

The sun is a star.{T#It is one#Yes}

Describe a forest.{}
"""
    )
    grant, sun, forest = parsed.questions
    assert grant == ParsedQuestion(
        "single",
        "Who is _____ in Grant's tomb?",
        (
            ParsedOption("buried", Fraction(0), "Not quite"),
            ParsedOption("entombed", Fraction(1), "Right"),
        ),
        external_id="q7",
        name="Grant: the tomb",
        explanation="He is above the ground.",
        category="history/us",
        tags=("grant", "with ] bracket"),
    )
    assert grant.where == Where(line=5)
    assert (sun.external_id, sun.category, sun.kind) == ("q8", "nature", "single")
    assert sun.options == (
        ParsedOption("True", Fraction(1), "Yes"),
        ParsedOption("False", Fraction(0), "It is one"),
    )
    assert (forest.kind, forest.stem, forest.external_id, forest.options) == (
        "open",
        "Describe a forest.",
        "",
        (),
    )
    assert (parsed.skipped, parsed.problems) == ([], [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Q {~a =b}", [("a", 0), ("b", 1)]),
        ("Q {=a~b~c}", [("a", 1), ("b", 0), ("c", 0)]),
        ("Q {=a ~%50%b ~%-25%c}", [("a", 1), ("b", Fraction(1, 2)), ("c", Fraction(-1, 4))]),
        (
            "Q {~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-100%d}",
            [("a", Fraction(1, 3)), ("b", Fraction(1, 3)), ("c", Fraction(1, 3)), ("d", -1)],
        ),
        ("Q {=%100%a ~%0%b}", [("a", 1), ("b", 0)]),
        ("Q {=[1, 2] ~[2\\, 1]}", [("[1, 2]", 1), ("[2\\, 1]", 0)]),
        ("Q {=[html]a&amp;b ~[plain]b&amp;}", [("a&b", 1), ("b&amp;", 0)]),
        (
            "Q {=C\\# ~\\#ff0000 ~a\\=b ~\\{\\} ~x\\:y ~\\~}",
            [("C#", 1), ("#ff0000", 0), ("a=b", 0), ("{}", 0), ("x:y", 0), ("~", 0)],
        ),
        ("Q {=a\\nb ~c\\\\nd ~$x \\\\neq y$}", [("a\nb", 1), ("c\\nd", 0), ("$x \\neq y$", 0)]),
        ("Q {=%d ~%s%}", [("%d", 1), ("%s%", 0)]),
        ("Q {\n  =first\n   goes on\n  ~second\n}", [("first\ngoes on", 1), ("second", 0)]),
        ("Q {=%50%a =%50%b ~c}", [("a", Fraction(1, 2)), ("b", Fraction(1, 2)), ("c", 0)]),
    ],
)
def test_options_are_read_with_their_shares(text: str, expected: list[tuple[str, Fraction]]) -> None:
    assert options(text) == expected


def test_choice_without_a_whole_answer_asks_for_several() -> None:
    question = only("Q {~%50%a ~%50%b ~%-100%c}")
    assert (question.kind, question.marking) == ("multiple", "partial")
    assert only("Q {=%50%a =%50%b ~c}").kind == "multiple"
    assert only("Q {~a =b}").kind == "single"


def test_several_whole_answers_are_one_choice_with_a_warning() -> None:
    assert only("Q {=a =b ~c}").kind == "single"
    assert faults("\n\nQ {=a =b ~c}") == [("warning", "several_keys", 3)]


def test_backslash_is_undone_before_the_brace_behind_it() -> None:
    # The backslash is escaped, the brace is not.
    assert only("A \\\\{=x ~y}").stem == "A \\"
    assert only("A \\{\\} {=x ~y}").stem == "A {}"


def test_line_ends_of_a_stem_stay_and_code_keeps_its_indent() -> None:
    question = only("[markdown]What?  \n   Next\n```python\nif x:\n    pass\n```\n{=a ~b}")
    assert question.stem == "What?\nNext\n```python\nif x:\n    pass\n```"


def test_code_in_html_keeps_its_indent() -> None:
    question = only("[html]<p>What?</p>\n  <pre>\n  def f():\n      pass\n  </pre>\n  {=a ~b}")
    assert question.stem == "What?\n\n```\n  def f():\n      pass\n```"


def test_text_behind_the_answers_leaves_a_gap() -> None:
    assert only("Two plus two is {=four ~five}.").stem == "Two plus two is _____."
    assert only("Two plus two?{=four ~five}\n").stem == "Two plus two?"


def test_html_becomes_markdown_also_where_an_option_says_no_format() -> None:
    text = (
        "[html]<p>What is <b>x</b> in <code>a \\= b</code>?</p>{"
        "=<p>1 &lt\\; 2</p>#<i>Yes</i> ~[plain]<b> ~<script>alert(1)</script>c ####<p>So.</p><p>There.</p>}"
    ).replace("&lt\\;", "&lt;")
    question = only(text)
    assert question.stem == "What is **x** in `a = b`?"
    assert question.options == (
        ParsedOption("1 < 2", Fraction(1), "*Yes*"),
        ParsedOption("<b>"),
        ParsedOption("c"),
    )
    assert question.explanation == "So.\n\nThere."
    (problem,) = read(text).problems
    assert (problem.code, problem.values) == ("markup_dropped", {"names": "script"})


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("{TRUE}", [1, 0]),
        ("{F#wrong#right}", [0, 1]),
        ("{ T #wrong }", [1, 0]),
        ("{FALSE####all}", [0, 1]),
    ],
)
def test_true_or_false_is_one_choice_of_two(text: str, answers: list[int]) -> None:
    question = only(f"It is.{text}")
    assert [option.text for option in question.options] == ["True", "False"]
    assert [option.share for option in question.options] == answers


def test_general_feedback_of_an_open_question_is_its_model_answer() -> None:
    question = only("Why?{####Because.}")
    assert (question.model_answer, question.explanation) == ("Because.", "")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Only words", "description"),
        ("Q {#3:2}", "numerical"),
        ("Q {#\n =1..5\n =%50%7:2}", "numerical"),
        ("Q {=a -> b =c -> d}", "matching"),
        ("Q {=no one =nobody}", "shortanswer"),
        ("Q {True}", "shortanswer"),
        ("Q {four}", "shortanswer"),
    ],
)
def test_kinds_that_cannot_be_asked_are_skipped_by_name(text: str, kind: str) -> None:
    parsed = read(f"// comment\n\n{text}")
    assert [(skipped.kind, skipped.where) for skipped in parsed.skipped] == [(kind, Where(line=3))]
    assert (parsed.questions, parsed.problems) == ([], [])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Q =a ~b}", "unbalanced_brace"),
        ("Q {=a ~b", "unbalanced_brace"),
        ("Q } {=a ~b", "unbalanced_brace"),
        ("What does {% if x %} do? {=a ~b}", "unbalanced_brace"),
        ("Q {=a {1} ~b}", "unbalanced_brace"),
        ("Q {=~%50%x ~b}", "empty_answer"),
        ("Q {=a == b ~c}", "empty_answer"),
        ("Q {~=a ~b}", "empty_answer"),
        ("Q {~a ~b}", "no_key"),
        ("Q {~%-50%a ~%0%b}", "no_key"),
        ("Q {~a}", "too_few_options"),
        ("Q {=a ~a}", "same_options"),
        ("Q {=a ~%101%b}", "share_range"),
        ("Q {=a ~%1.2.3%b}", "bad_share"),
        ("Q {=%50%a ~b}", "no_full_mark"),
        ("{=a ~b}", "empty_stem"),
        ("Q {=" + "~".join("abcdefghijklmnopqrstuvwxyzA") + "}", "too_many_options"),
        ("Q {=a" + "~b" * 500 + "}", "too_many_options"),
    ],
)
def test_question_that_is_wrong_is_an_error_at_its_line(text: str, code: str) -> None:
    assert faults(f"\nFine {{=a ~b}}\n\n{text}") == [("error", code, 4)]
    assert len(read(f"\nFine {{=a ~b}}\n\n{text}").questions) == 1


def test_unbalanced_brace_names_the_line_where_it_stands() -> None:
    (problem,) = read("One\ntwo\nthree {=a\n~b }\nfour }").problems
    assert problem.values["line"] == 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Q {~<a href=x ~b}", "looks_cut"),
        ("for (;;)\n// endless\n{=a ~b}", "comment_in_code"),
        ("Q {~%50%a ~b}", "shares_sum"),
    ],
)
def test_what_looks_wrong_is_a_warning_beside_its_question(text: str, code: str) -> None:
    assert ("warning", code, 1) in faults(text)
    assert len(read(text).questions) == 1


def test_question_directly_below_a_category_is_read() -> None:
    question = only("$CATEGORY: a // b / c\nQ {=a ~b}")
    assert (question.category, question.stem) == ("a / b/c", "Q")


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_case_34_import_encodings_other_ends_of_lines_separate_questions(line_end: str) -> None:
    parsed = read(line_end.join(["One {=a ~b}", "", "Two {=a ~b}"]))
    assert [question.where.line for question in parsed.questions] == [1, 3]


@pytest.mark.parametrize(
    "question",
    [
        ParsedQuestion(
            kind="single",
            stem="Which?",
            options=(ParsedOption("a", Fraction(1)), ParsedOption("b", Fraction(0))),
            external_id="real",
            tags=("[id:x]", "a [tag:b]"),
        ),
        ParsedQuestion(
            kind="single",
            stem="Which?",
            options=tuple(ParsedOption(text, Fraction(1)) for text in ("a", "b", "c")),
        ),
    ],
    ids=["marks within a tag", "every option right"],
)
def test_what_gift_reads_in_another_way_is_written_apart(question: ParsedQuestion) -> None:
    written = write_gift([question])
    assert alike(read_gift(written.content).questions, [question], written)


@given(strategies.several())
@settings(max_examples=40)
def test_questions_are_read_back_as_they_were_written(questions: Sequence[ParsedQuestion]) -> None:
    written = write_gift(questions)
    assert alike(read_gift(written.content).questions, questions, written)


@pytest.mark.stress
@given(strategies.several())
@settings(max_examples=2_000)
def test_many_questions_are_read_back_as_they_were_written(questions: Sequence[ParsedQuestion]) -> None:
    written = write_gift(questions)
    assert alike(read_gift(written.content).questions, questions, written)


def test_what_gift_cannot_hold_is_told() -> None:
    question = ParsedQuestion(
        "multiple",
        "Q",
        (ParsedOption("a", Fraction(1, 13), place="last"), ParsedOption("b")),
        level="junior",
        skills=("flask",),
    )
    losses = write_gift([replace(question, level="", skills=()), question]).losses
    assert [(loss.question, loss.code, loss.field) for loss in losses] == [
        (0, "not_held", "places"),
        (0, "not_held", "marking"),
        (0, "odd_fraction", "shares"),
        (1, "not_held", "level"),
        (1, "not_held", "skills"),
        (1, "not_held", "places"),
        (1, "not_held", "marking"),
        (1, "odd_fraction", "shares"),
    ]


@given(
    st.lists(
        st.sampled_from(["{", "}", "~", "=", "#", "####", "\\", "::", "%", "50", "a", " ", "\n", "//", "T"])
    )
)
def test_whatever_stands_in_a_file_is_in_exactly_one_list(pieces: list[str]) -> None:
    text = "".join(pieces)
    try:
        parsed = read(text)
    except FileRefused:
        return
    errors = [problem for problem in parsed.problems if problem.level == "error"]
    lines = [
        *(question.where.line for question in parsed.questions),
        *(skipped.where.line for skipped in parsed.skipped),
        *(problem.where.line for problem in errors),
    ]
    assert len(set(lines)) == len(lines) > 0
