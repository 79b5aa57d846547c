"""Whether a question can be marked, and what is missing beside it."""

from __future__ import annotations

from dataclasses import replace

from questions.enums import Kind, Marking, Weight
from questions.rules import KeyDraft, lint
from tests.questions.rules.lint.drafts import CLEAN, draft, found


def test_a_clean_question_has_no_findings() -> None:
    assert found(CLEAN) == []


def test_no_option_that_earns_the_whole_mark_is_no_key() -> None:
    assert found(draft(shares=("1/2", "0", "0"))) == [("no_key", "key")]
    assert found(draft(kind="multiple", shares=("0", "-1", "0"))) == [("no_key", "key")]


def test_several_whole_marks_where_one_is_chosen_are_named() -> None:
    (several,) = lint.look_through(draft(shares=("1", "0", "1")))

    assert (several.kind, several.weight, several.values) == (
        "several_keys",
        Weight.ERROR,
        {"options": ["a", "c"]},
    )


def test_shares_that_do_not_add_up_matter_where_a_part_is_marked() -> None:
    uneven = draft(kind="multiple", shares=("1/2", "1/3", "-1"), marking=Marking.PARTIAL)
    all_or_nothing = replace(uneven, key=replace(uneven.key, marking=Marking.ALL_OR_NOTHING))

    assert [(one.kind, one.weight, one.values["sum"]) for one in lint.look_through(uneven)] == [
        ("shares_sum", Weight.ERROR, "5/6")
    ]
    assert [one.weight for one in lint.look_through(all_or_nothing)] == [Weight.ATTENTION]


def test_thirds_add_up_to_a_whole() -> None:
    assert found(draft(kind="multiple", shares=("1/3", "1/3", "1/3"), marking=Marking.PARTIAL)) == []


def test_missing_explanation_and_skill_are_found() -> None:
    bare = draft(explanation=" \n", skills=())

    assert found(bare) == [("no_explanation", "explanation"), ("no_skill", "skills")]


def test_an_open_question_needs_a_model_answer_and_no_key() -> None:
    asked = replace(CLEAN, kind=Kind.OPEN, options=[], key=KeyDraft())

    assert found(asked) == [("no_explanation", "model_answer")]
    assert found(replace(asked, key=KeyDraft(model_answer="It groups them."))) == []
