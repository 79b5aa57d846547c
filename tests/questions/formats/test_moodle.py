"""Moodle XML is read as Moodle reads it."""

from __future__ import annotations

import contextlib
import time
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questions.formats.drafts import FileRefused, Parsed, ParsedOption, ParsedQuestion, Where
from questions.formats.moodle import read_moodle
from tests.questions.formats.moodle_files import CHOICE, A, B, answer, choice, quiz


def read(*questions: str) -> Parsed:
    return read_moodle(quiz(*questions))


def only(*questions: str) -> ParsedQuestion:
    (question,) = read(*questions).questions
    return question


def faults(parsed: Parsed) -> list[tuple[str, str]]:
    return [(problem.level, problem.code) for problem in parsed.problems]


def test_choice_is_read_whole() -> None:
    question = only(CHOICE)
    assert question == ParsedQuestion(
        "single",
        "Which is the **capital** of France?",
        (ParsedOption("Lyon", feedback="No & never."), ParsedOption("Paris", Fraction(1))),
        external_id="q-7",
        name="Capital",
        explanation="It has been since 987.",
        tags=("geo",),
        level="junior",
    )
    assert question.where == Where(question=1, line=3)
    assert read(CHOICE).problems == []


@pytest.mark.parametrize(
    ("single", "kind"),
    [
        ("", "single"),
        ("<single>1</single>", "single"),
        ("<single>true</single>", "single"),
        ("<single>false</single>", "multiple"),
        ("<single>0</single>", "multiple"),
        ("<single/>", "multiple"),
    ],
)
def test_one_right_option_is_meant_unless_told_otherwise(single: str, kind: str) -> None:
    question = only(choice(A, B, more=single))
    assert (question.kind, question.marking) == (kind, "partial" if kind == "multiple" else "all_or_nothing")


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("", ""),
        ("<shuffleanswers>true</shuffleanswers>", ""),
        ("<shuffleanswers>0</shuffleanswers>", "here"),
        ("<shuffleanswers>false</shuffleanswers>", "here"),
    ],
)
def test_options_that_are_not_shuffled_stay_where_they_are(said: str, places: str) -> None:
    assert {option.place for option in only(choice(A, B, more=said)).options} == {places}


def test_fractions_are_exact_and_less_than_nothing() -> None:
    question = only(
        choice(
            answer("a", "33.33333"),
            answer("b", "66.6666666666666667"),
            answer("c", "-14,28571"),
            answer("d", ""),
            more="<single>false</single>",
        )
    )
    shares = [option.share for option in question.options]
    assert shares == [Fraction(1, 3), Fraction(2, 3), Fraction(-1, 7), 0]


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([answer("a", "100"), answer("b", "101")], "share_range"),
        ([answer("a", "all"), answer("b")], "bad_fraction"),
        ([answer("a", "1e9"), answer("b")], "bad_fraction"),
        ([answer("a", "50"), answer("b")], "no_full_mark"),
        ([answer("a"), answer("b", "-50")], "no_key"),
        ([A], "too_few_options"),
        ([A, answer("a")], "same_options"),
        ([A, answer("<p> </p>")], "empty_option"),
    ],
)
def test_question_that_is_wrong_is_an_error_of_its_own(answers: list[str], code: str) -> None:
    parsed = read(choice(A, B), choice(*answers))
    assert faults(parsed) == [("error", code)]
    assert parsed.problems[0].where.question == 2
    assert len(parsed.questions) == 1


@pytest.mark.parametrize(
    ("answers", "single", "code"),
    [
        ([answer("a", "33"), answer("b", "33.33333"), answer("c", "33.33333")], "false", "shares_sum"),
        ([A, answer("b", "100")], "true", "several_keys"),
    ],
)
def test_what_looks_wrong_is_a_warning_beside_its_question(
    answers: list[str], single: str, code: str
) -> None:
    parsed = read(choice(*answers, more=f"<single>{single}</single>"))
    assert faults(parsed) == [("warning", code)]
    assert len(parsed.questions) == 1


@pytest.mark.parametrize("order", ["tf", "ft"])
def test_true_or_false_is_a_choice_of_two(order: str) -> None:
    answers = {
        "t": answer("true", "0", "<feedback><text>no</text></feedback>"),
        "f": answer("false", "100", "<feedback><text>yes</text></feedback>"),
    }
    question = only(choice(*(answers[letter] for letter in order), kind="truefalse"))
    assert question.kind == "single"
    assert question.options == (
        ParsedOption("True", feedback="no"),
        ParsedOption("False", Fraction(1), feedback="yes"),
    )


def test_true_or_false_in_another_language_is_read_by_order_with_a_warning() -> None:
    parsed = read(choice(answer("wahr", "100"), answer("falsch"), kind="truefalse"))
    assert [(option.text, option.share) for option in parsed.questions[0].options] == [
        ("True", 1),
        ("False", 0),
    ]
    assert faults(parsed) == [("warning", "true_false_order")]
    assert faults(read(choice(A, kind="truefalse"))) == [("error", "true_false_count")]


def test_essay_is_open_with_its_notes_for_graders() -> None:
    question = only(
        choice(kind="essay", more="<graderinfo format='plain_text'><text>a &lt; b</text></graderinfo>")
    )
    assert (question.kind, question.stem, question.model_answer) == ("open", "Which?", "a < b")


def test_several_right_options_all_or_nothing_share_the_mark() -> None:
    question = only(choice(A, B, answer("c", "100"), kind="multichoiceset"))
    assert (question.kind, question.marking) == ("multiple", "all_or_nothing")
    assert [option.share for option in question.options] == [Fraction(1, 2), 0, Fraction(1, 2)]


@pytest.mark.parametrize(
    ("kind", "skipped"),
    [
        *((kind, kind) for kind in ("matching", "shortanswer", "numerical", "calculatedmulti", "ddwtos")),
        *((kind, kind) for kind in ("ordering", "coderunner", "stack", "description")),
        *((kind, "cloze") for kind in ("multianswer", "cloze")),
        *((kind, "unknown") for kind in ("", "<>")),
    ],
)
def test_other_types_are_skipped_by_name(kind: str, skipped: str) -> None:
    parsed = read(choice(A, B), choice(A, B, kind=kind.replace("<", "&lt;")))
    assert [(each.kind, each.where.question) for each in parsed.skipped] == [(skipped, 2)]
    assert (len(parsed.questions), parsed.problems) == (1, [])


def test_essay_that_wants_a_file_is_skipped() -> None:
    parsed = read(choice(kind="essay", more="<responseformat>noinline</responseformat>"))
    assert [skipped.kind for skipped in parsed.skipped] == ["file_upload"]


def test_categories_stand_before_their_questions() -> None:
    paths = ["$course$/top/history/us", "$course$/Default for a // b/c ", "top", "plain"]
    pieces = []
    for path in paths:
        pieces.append(f'<question type="category"><category><text>{path}</text></category></question>')
        pieces.append(choice(A, B))
    parsed = read(choice(A, B), *pieces)
    assert [question.category for question in parsed.questions] == [
        *("", "history/us", "Default for a / b/c", "", "plain")
    ]
    assert [question.where.question for question in parsed.questions] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("text_format", "said", "shown"),
    [
        ("html", "<pre>if x:\n    y</pre>", "```\nif x:\n    y\n```"),
        ("plain_text", "a <b> *c*\nd", "a \\<b> \\*c\\*  \nd"),
        ("markdown", "**a** <b>\n\n    code", "**a** <b>\n\n    code"),
        ("moodle_auto_format", "One\n<b>two</b>\nthree\nfour", "One **two** three  \nfour"),
    ],
)
def test_each_text_says_which_format_it_is_of(text_format: str, said: str, shown: str) -> None:
    text = f'<questiontext format="{text_format}"><text><![CDATA[{said}]]></text></questiontext>'
    question = f'<question type="multichoice">{text}{A}{B}</question>'
    assert only(question).stem == shown


@pytest.mark.parametrize("text_format", ["html", "plain_text", "markdown", "moodle_auto_format"])
@pytest.mark.parametrize(
    "piece", ["x\n\n\n", "\n", "![", "![a](@@PLUGINFILE@@/", "<b>", "data:image/", "&amp;", " "]
)
def test_case_20_redos_no_format_of_texts_costs_more_than_its_length(text_format: str, piece: str) -> None:
    said = f"x{piece * (300_000 // len(piece))}x"
    text = f'<questiontext format="{text_format}"><text><![CDATA[{said}]]></text></questiontext>'
    begun = time.process_time()
    with contextlib.suppress(FileRefused):
        read(f'<question type="multichoice">{text}{A}{B}</question>')
    assert time.process_time() - begun < 2


def test_texts_without_a_format_are_of_that_of_the_question() -> None:
    stem = '<questiontext format="markdown"><text>*Which*?</text></questiontext>'
    options = (
        answer("<i>a</i>", "100")
        + '<answer fraction="0" format="html"><text>&lt;i&gt;b&lt;/i&gt;</text></answer>'
    )
    question = only(f'<question type="multichoice">{stem}{options}</question>')
    assert [option.text for option in question.options] == ["<i>a</i>", "*b*"]
    plain = only(
        f'<question type="multichoice"><questiontext><text>&lt;i&gt;x</text></questiontext>{A}{B}</question>'
    )
    assert plain.stem == "*x*"


def test_unknown_format_is_read_as_html_with_a_warning() -> None:
    text = '<questiontext format="rst"><text>&lt;i&gt;x&lt;/i&gt;</text></questiontext>'
    parsed = read(f'<question type="multichoice">{text}{A}{B}</question>')
    assert parsed.questions[0].stem == "*x*"
    assert faults(parsed) == [("warning", "unknown_text_format")]


def test_tags_that_should_have_been_text_are_read_as_html() -> None:
    text = "<questiontext><text>Is <b>1 &lt; 2</b>?</text></questiontext>"
    assert only(f'<question type="multichoice">{text}{A}{B}</question>').stem == "Is **1 < 2**?"


def test_case_04_xss_question_html_is_left_out_of_every_text() -> None:
    bad = "<p onclick='x()'>{}</p><script>alert(1)</script><img src=x onerror=alert(1)>"
    parsed = read(
        choice(
            answer(
                bad.format("a"), "100", f"<feedback><text><![CDATA[{bad.format('f')}]]></text></feedback>"
            ),
            B,
            stem=bad.format("s"),
            more=f"<generalfeedback><text><![CDATA[{bad.format('g')}]]></text></generalfeedback>",
        )
    )
    (question,) = parsed.questions
    assert (question.stem, question.explanation) == ("s", "g")
    assert question.options[0] == ParsedOption("a", Fraction(1), "f")
    assert faults(parsed) == [("warning", "markup_dropped"), ("warning", "picture_remote")]
    assert parsed.problems[0].values == {"names": "onclick, onerror, script"}


def test_what_has_no_place_here_is_told() -> None:
    parsed = read(
        choice(
            A,
            B,
            more="<hidden>1</hidden><hint><text>Think.</text></hint>"
            "<correctfeedback><text>Well done.</text></correctfeedback>",
        ),
        choice(kind="essay", more="<responsetemplate><text>Dear …</text></responsetemplate>"),
    )
    assert faults(parsed) == [
        ("warning", "hidden"),
        ("warning", "hints_dropped"),
        ("warning", "template_dropped"),
        ("warning", "feedback_dropped"),
    ]
    assert parsed.problems[-1].where == Where(part="file")
    assert parsed.problems[-1].values == {"count": 1}
    assert parsed.questions[0].tags == ("hidden",)


def test_case_21_signs_that_mislead_are_taken_out_of_references_too() -> None:
    parsed = read(
        f'<question type="multichoice"><questiontext><text>a&#x202E;b</text></questiontext>{A}{B}</question>'
    )
    assert parsed.questions[0].stem == "ab"
    assert faults(parsed) == [("warning", "signs_removed")]


def test_broken_file_is_refused_whole() -> None:
    with pytest.raises(FileRefused) as refused:
        read_moodle(quiz(CHOICE, "<question>"))
    assert refused.value.code == "broken_xml"


def test_file_without_questions_is_refused() -> None:
    for data, code in ((quiz(), "nothing_found"), (b"<list/>", "unknown_xml")):
        with pytest.raises(FileRefused) as refused:
            read_moodle(data)
        assert refused.value.code == code


@given(
    st.lists(
        st.sampled_from(
            [choice(A, B), choice(A), choice(A, B, kind="matching"), choice(kind="essay"), "<x/>", CHOICE]
        ),
        max_size=5,
    )
)
@settings(max_examples=30)
def test_whatever_stands_in_a_file_is_in_exactly_one_list(pieces: list[str]) -> None:
    try:
        parsed = read(*pieces)
    except FileRefused:
        return
    numbers = sorted(
        each.where.question
        for each in [
            *parsed.questions,
            *parsed.skipped,
            *(problem for problem in parsed.problems if problem.level == "error"),
        ]
    )
    assert numbers == list(range(1, 1 + sum(piece != "<x/>" for piece in pieces)))
