"""Items of QTI 2 and 3 that stand alone."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from questions.formats.drafts import Parsed, ParsedOption, ParsedQuestion
from questions.operations.reading import parse
from tests.questions.formats.qti_files import BY_KEY, BY_MAP, NAMESPACE, body, item


def read(data: str | bytes) -> Parsed:
    return parse(data.encode() if isinstance(data, str) else data)


def only(data: str | bytes) -> ParsedQuestion:
    (question,) = read(data).questions
    return question


def faults(parsed: Parsed) -> list[tuple[str, str]]:
    return [(problem.level, problem.code) for problem in parsed.problems]


def test_choice_is_read_whole() -> None:
    parsed = read(item())
    assert parsed.questions == [
        ParsedQuestion(
            "single",
            "Capital?",
            (ParsedOption("Lyon"), ParsedOption("Paris", Fraction(1))),
            external_id="q1",
            name="One",
        )
    ]
    assert (parsed.format, parsed.problems) == ("qti_2.1", [])


def third(two: str) -> str:
    """The same item in the words of QTI 3."""
    kebab = re.sub(
        r"(</?)([a-zA-Z]+)",
        lambda found: found[0] if found[2] in ("p", "b") else f"{found[1]}qti-{_kebab(found[2])}",
        two,
    )
    return re.sub(r" ([a-z]+[A-Z][A-Za-z]+)=", lambda found: f" {_kebab(found[1])}=", kebab).replace(
        NAMESPACE, "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
    )


def _kebab(name: str) -> str:
    return re.sub("[A-Z]", lambda found: f"-{found[0].lower()}", name)


@pytest.mark.parametrize("change", ["third", "prefixed"])
def test_other_versions_and_prefixes_say_the_same(change: str) -> None:
    two = item(more='<modalFeedback identifier="a" showHide="show">No <b>never</b></modalFeedback>')
    if change == "third":
        other = third(two)
        assert "<qti-choice-interaction response-identifier=" in other
    else:
        other = re.sub(r"(</?)", r"\1x:", two).replace("x:!--", "!--").replace("xmlns=", "xmlns:x=")
    assert only(other) == only(two)
    assert read(other).format == ("qti_3.0" if change == "third" else "qti_2.1")


@pytest.mark.parametrize(
    ("cardinality", "key", "rules", "shares", "marking"),
    [
        ("single", "<correctResponse><value>a</value></correctResponse>", "", [1, 0, 0], "all_or_nothing"),
        (
            "multiple",
            "<correctResponse><value>a</value><value>c</value></correctResponse>",
            BY_KEY,
            [Fraction(1, 2), 0, Fraction(1, 2)],
            "all_or_nothing",
        ),
        (
            "multiple",
            '<mapping defaultValue="-1"><mapEntry mapKey="a" mappedValue="2"/><mapEntry mapKey="b" mappedValue="1"/>'
            "</mapping>",
            BY_MAP,
            [Fraction(2, 3), Fraction(1, 3), Fraction(-1, 3)],
            "partial",
        ),
        (
            "multiple",
            '<mapping upperBound="1"><mapEntry mapKey="a" mappedValue="1"/><mapEntry mapKey="b" mappedValue="0.3333"/>'
            "</mapping>",
            BY_MAP,
            [1, Fraction(1, 3), 0],
            "partial",
        ),
        (
            "single",
            '<mapping><mapEntry mapKey="a" mappedValue="4"/><mapEntry mapKey="b" mappedValue="2"/></mapping>',
            BY_MAP,
            [1, Fraction(1, 2), 0],
            "all_or_nothing",
        ),
    ],
)
def test_marks_are_those_of_key_or_mapping(
    cardinality: str, key: str, rules: str, shares: list[Fraction], marking: str
) -> None:
    choices = "".join(f'<simpleChoice identifier="{letter}">{letter}</simpleChoice>' for letter in "abc")
    question = only(item(choices, key, rules, cardinality=cardinality))
    assert [option.share for option in question.options] == shares
    assert (question.kind, question.marking) == (cardinality, marking)


MATCH = '<match><variable identifier="RESPONSE"/><correct identifier="RESPONSE"/></match>'
SET = '<setOutcomeValue identifier="SCORE"><variable identifier="MAXSCORE"/></setOutcomeValue>'


@pytest.mark.parametrize(
    ("rules", "is_clear"),
    [
        (f"<responseCondition><responseIf>{MATCH}{SET}</responseIf></responseCondition>", True),
        ('<setOutcomeValue identifier="SCORE"><mapResponse identifier="RESPONSE"/></setOutcomeValue>', True),
        (
            f"<responseCondition><responseIf><or>{MATCH}{MATCH}</or>{SET}</responseIf></responseCondition>",
            False,
        ),
        ('<setOutcomeValue identifier="SCORE"><sum/></setOutcomeValue>', False),
    ],
)
def test_rules_that_are_not_understood_are_told(rules: str, is_clear: bool) -> None:
    parsed = read(item(rules=f"<responseProcessing>{rules}</responseProcessing>"))
    assert faults(parsed) == ([] if is_clear else [("warning", "rules_not_understood")])
    assert [option.share for option in parsed.questions[0].options] == [0, 1]


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("", "no_key"),
        ("<correctResponse><value>z</value></correctResponse>", "no_key"),
        ('<mapping><mapEntry mapKey="a" mappedValue="1e99"/></mapping>', "bad_mark"),
    ],
)
def test_item_without_a_right_answer_is_an_error(key: str, code: str) -> None:
    assert faults(read(item(key=key))) == [("error", code)]


@pytest.mark.parametrize(
    ("shuffle", "fixed", "places"),
    [
        ("true", "---", ["", "", ""]),
        ("true", "-x-", ["", "here", ""]),
        ("true", "--x", ["", "", "last"]),
        ("true", "x-x", ["here", "", "last"]),
        ("true", "xxx", ["here", "here", "here"]),
        ("false", "---", ["here", "here", "here"]),
    ],
)
def test_choices_that_are_fixed_keep_their_place(shuffle: str, fixed: str, places: list[str]) -> None:
    choices = "".join(
        f'<simpleChoice identifier="{letter}" fixed="{"true" if mark == "x" else "false"}">{letter}</simpleChoice>'
        for letter, mark in zip("abc", fixed, strict=True)
    )
    assert [option.place for option in only(item(choices, shuffle=shuffle)).options] == places


def test_feedback_belongs_to_its_choice_and_an_explanation_to_the_question() -> None:
    choices = (
        '<simpleChoice identifier="a">A <feedbackInline identifier="a" showHide="show">Not so</feedbackInline>'
        "</simpleChoice>"
        '<simpleChoice identifier="b">B</simpleChoice>'
    )
    modal = "".join(
        f'<modalFeedback identifier="{name}" showHide="show">{name} said</modalFeedback>'
        for name in ("b", "explanation", "correct")
    )
    parsed = read(item(choices, more=modal))
    (question,) = parsed.questions
    assert [(option.text, option.feedback) for option in question.options] == [
        ("A", "Not so"),
        ("B", "b said"),
    ]
    assert question.explanation == "explanation said"
    assert faults(parsed) == [("warning", "feedback_dropped")]


def test_text_to_write_is_open_with_what_scorers_read() -> None:
    question = only(
        body(
            "<p>Write to Sam.</p><extendedTextInteraction><prompt>About <b>30</b> words.</prompt>"
            '</extendedTextInteraction><rubricBlock view="scorer tutor"><ul><li>one point</li></ul></rubricBlock>'
            '<rubricBlock view="author"><p>Secret.</p></rubricBlock>'
            '<rubricBlock view="candidate"><p>Take your time.</p></rubricBlock>'
        )
    )
    assert question.kind == "open"
    assert question.stem == "Write to Sam.\n\nAbout **30** words.\n\nTake your time."
    assert question.model_answer == "- one point"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ("<p>Read.</p>", "description"),
        ("<p><textEntryInteraction/></p>", "fill_in_blanks"),
        ("<p><inlineChoiceInteraction/></p>", "dropdowns"),
        ("<matchInteraction/>", "matching"),
        ("<orderInteraction/>", "ordering"),
        ("<hotspotInteraction/>", "hotspot"),
        ("<sliderInteraction/>", "slider"),
        ("<uploadInteraction/>", "file_upload"),
        ("<portableCustomInteraction/>", "external"),
        ("<choiceInteraction/><choiceInteraction/>", "composite"),
        ("<choiceInteraction/><extendedTextInteraction/>", "composite"),
    ],
)
def test_other_kinds_are_skipped_by_name(content: str, kind: str) -> None:
    assert [skipped.kind for skipped in read(body(content)).skipped] == [kind]


@pytest.mark.parametrize(
    ("attributes", "more", "kind"),
    [
        ('adaptive="true"', "", "adaptive"),
        ("", "<templateDeclaration/>", "template"),
        ("", '<assessmentStimulusRef href="x.xml"/>', "external"),
    ],
)
def test_items_that_need_more_are_skipped(attributes: str, more: str, kind: str) -> None:
    assert [skipped.kind for skipped in read(item(attributes=attributes, more=more)).skipped] == [kind]
