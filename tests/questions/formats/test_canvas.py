"""QTI 1.2 as Canvas, Common Cartridge and Respondus write it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from questions.formats.drafts import Parsed, ParsedOption, ParsedQuestion
from questions.operations.reading import parse
from tests.questions.formats.qti_files import manifest, package

NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"


def quiz(*items: str, title: str = "Quiz") -> str:
    return (
        f'<questestinterop xmlns="{NAMESPACE}"><assessment ident="q" title="{title}"><section ident="root_section">'
        f"{''.join(items)}</section></assessment></questestinterop>"
    )


def label(name: str, text: str, text_type: str = "text/plain") -> str:
    said = f'<mattext texttype="{text_type}">{text}</mattext>'
    return f'<response_label ident="{name}"><material>{said}</material></response_label>'


def condition(variables: str, points: str = "", action: str = "Set", feedback: str = "") -> str:
    earned = f'<setvar action="{action}" varname="SCORE">{points}</setvar>' if points else ""
    shown = f'<displayfeedback feedbacktype="Response" linkrefid="{feedback}"/>' if feedback else ""
    return f"<respcondition><conditionvar>{variables}</conditionvar>{earned}{shown}</respcondition>"


def chosen(name: str) -> str:
    return f'<varequal respident="r">{name}</varequal>'


def item(
    rules: str,
    *,
    kind: str = "multiple_choice_question",
    labels: str = label("1", "Lyon") + label("2", "Paris"),
    cardinality: str = "Single",
    more: str = "",
) -> str:
    metadata = (
        f"<itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>{kind}"
        "</fieldentry></qtimetadatafield></qtimetadata></itemmetadata>"
        if kind
        else ""
    )
    choices = f"<render_choice>{labels}</render_choice>"
    answers = f'<response_lid ident="r" rcardinality="{cardinality}">{choices}</response_lid>'
    return (
        f'<item ident="i1" title="One">{metadata}<presentation><material><mattext texttype="text/html">&lt;p&gt;Which'
        f" is &lt;b&gt;it&lt;/b&gt;?&lt;/p&gt;</mattext></material>{answers if labels else more}</presentation>"
        f"<resprocessing>{rules}</resprocessing>{more if labels else ''}</item>"
    )


def read(*items: str) -> Parsed:
    return parse(quiz(*items).encode())


def faults(parsed: Parsed) -> list[tuple[str, str]]:
    return [(problem.level, problem.code) for problem in parsed.problems]


RIGHT = condition(chosen("2"), "100")


def feedback(name: str, text: str) -> str:
    said = f"<flow_mat><material><mattext>{text}</mattext></material></flow_mat>"
    return f'<itemfeedback ident="{name}">{said}</itemfeedback>'


def test_choice_is_read_whole() -> None:
    rules = condition("<other/>", feedback="general_fb") + condition(chosen("1"), feedback="1_fb") + RIGHT
    more = feedback("1_fb", "No.") + feedback("general_fb", "So it is.") + feedback("correct_fb", "Yes!")
    parsed = read(item(rules, more=more))
    assert parsed.format == "canvas_qti_1.2"
    assert parsed.questions == [
        ParsedQuestion(
            "single",
            "Which is **it**?",
            (ParsedOption("Lyon", feedback="No."), ParsedOption("Paris", Fraction(1))),
            external_id="i1",
            name="One",
            explanation="So it is.",
            category="Quiz",
        )
    ]
    assert faults(parsed) == [("warning", "feedback_dropped")]


LETTERS = "".join(label(letter, letter) for letter in "abcdefg")


def test_several_all_or_nothing_stand_together() -> None:
    together = "".join(chosen(name) for name in "ac")
    others = "".join(f"<not>{chosen(name)}</not>" for name in "bdefg")
    rules = condition(f"<and>{together}{others}</and>", "100")
    (question,) = read(
        item(rules, kind="multiple_answers_question", labels=LETTERS, cardinality="Multiple")
    ).questions
    assert (question.kind, question.marking) == ("multiple", "all_or_nothing")
    assert [option.share for option in question.options] == [Fraction(1, 2), 0, Fraction(1, 2), 0, 0, 0, 0]


def test_points_are_scaled_by_what_the_best_answer_earns() -> None:
    points = {
        "a": "25.00",
        "b": "-10.00",
        "c": "25.00",
        "d": "25.00",
        "e": "-10.00",
        "f": "-10.00",
        "g": "25.00",
    }
    rules = "".join(condition(chosen(name), mark, "Add") for name, mark in points.items())
    (question,) = read(item(rules, kind="", labels=LETTERS, cardinality="Multiple")).questions
    assert (question.kind, question.marking) == ("multiple", "partial")
    assert [option.share for option in question.options] == [
        Fraction(1, 4) if mark == "25.00" else Fraction(-1, 10) for mark in points.values()
    ]
    (question,) = read(item(condition(chosen("1"), "10.0") + condition(chosen("2"), "5.0"))).questions
    assert [option.share for option in question.options] == [1, Fraction(1, 2)]


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ("", "no_key"),
        (condition(chosen("1"), "0"), "no_key"),
        (condition(chosen("9"), "100"), "unknown_choice"),
        (condition(chosen("1"), "many"), "bad_mark"),
    ],
)
def test_item_without_a_right_answer_is_an_error(rules: str, code: str) -> None:
    assert faults(read(item(rules))) == [("error", code)]


@pytest.mark.parametrize(
    ("kind", "skipped"),
    [
        ("short_answer_question", "shortanswer"),
        ("numerical_question", "numerical"),
        ("matching_question", "matching"),
        ("calculated_question", "calculated"),
        ("file_upload_question", "file_upload"),
        ("fill_in_multiple_blanks_question", "fill_in_blanks"),
        ("multiple_dropdowns_question", "dropdowns"),
        ("text_only_question", "description"),
        ("hot_spot_question", "hotspot"),
        ("cc.fib.v0p1", "shortanswer"),
    ],
)
def test_other_kinds_are_skipped_by_name(kind: str, skipped: str) -> None:
    parsed = read(item(RIGHT, kind=kind))
    assert [each.kind for each in parsed.skipped] == [skipped]
    assert (parsed.questions, parsed.problems) == ([], [])


def test_item_that_shows_nothing_is_skipped() -> None:
    bare = item("", kind="essay_question", labels="").replace("presentation>", "nothing>")
    assert [skipped.kind for skipped in read(bare).skipped] == ["description"]


def test_several_gaps_without_a_kind_are_skipped() -> None:
    gap = '<response_lid ident="r"><material><mattext>C</mattext></material><render_choice/></response_lid>'
    two = item(RIGHT, kind="", labels="", more=gap + gap)
    one = item(RIGHT, kind="", labels="", more=gap)
    assert [skipped.kind for skipped in read(two, one).skipped] == ["fill_in_blanks", "dropdowns"]


def test_text_to_write_is_open() -> None:
    answer = '<response_str ident="r"><render_fib/></response_str>'
    (question,) = read(item("", kind="essay_question", labels="", more=answer)).questions
    assert (question.kind, question.stem) == ("open", "Which is **it**?")


def test_text_that_names_no_type_is_plain_unless_it_has_tags() -> None:
    labels = label("1", "a * b &amp;amp; c", "") + label("2", "&lt;i&gt;x&lt;/i&gt;", "")
    (question,) = read(item(RIGHT, labels=labels)).questions
    assert [option.text for option in question.options] == ["a \\* b \\&amp; c", "*x*"]


def test_group_to_draw_from_is_read_whole_and_told() -> None:
    drawn = "<selection_ordering><selection><selection_number>1</selection_number></selection></selection_ordering>"
    group = f'<section ident="g" title="Group A/B">{drawn}{item(RIGHT)}</section>'
    parsed = read(group)
    assert [question.category for question in parsed.questions] == ["Quiz/Group A-B"]
    assert faults(parsed) == [("warning", "groups_dropped")]


def test_quiz_that_stands_in_a_course_twice_is_read_once() -> None:
    listed = manifest(
        ("", '<file href="g1/assessment_qti.xml"/>'), kind="imsqti_xmlv1p2/imscc_xmlv1p1/assessment"
    )
    richer = (
        '<resource type="associatedcontent" href="g1/assessment_meta.xml">'
        '<file href="non_cc_assessments/g1.xml.qti"/></resource></resources>'
    )
    parsed = parse(
        package(
            {
                "imsmanifest.xml": listed.replace("</resources>", richer),
                "g1/assessment_qti.xml": quiz(item(RIGHT), title="Poorer"),
                "g1/assessment_meta.xml": "<quiz/>",
                "non_cc_assessments/g1.xml.qti": quiz(item(RIGHT), title="Richer"),
            }
        )
    )
    assert [(question.category, question.where.part) for question in parsed.questions] == [
        ("Richer", "non_cc_assessments/g1.xml.qti")
    ]
    assert faults(parsed) == [("warning", "twins_dropped")]
