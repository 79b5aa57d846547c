"""A file that was written here and comes again changes nothing; in another bank all of it is new."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from questions.formats import WRITERS
from questions.formats.drafts import PARTIAL, Parsed, ParsedOption, ParsedQuestion
from questions.models import AnswerKey, Question, QuestionBank, QuestionVersion
from questions.operations.exporting import Which, export_questions
from questions.operations.importing import ImportChoices, run_import
from questions.operations.reading import parse
from tests.factories.questions import NOW, make_bank, make_skill
from tests.questions.importing.test_importing import BY, counted

pytestmark = pytest.mark.django_db(transaction=True)

HALF = Fraction(1, 2)
CODE = "What does it print?\n\n```python\nfor n in range(2):\n\n    print('{n} = ~ # \\\\')\n```"
# Of each kind, with all that a question can say of itself.
QUESTIONS = [
    ParsedQuestion(
        "single",
        "Which status means that nothing was found?",
        (
            ParsedOption("404", Fraction(1), "Yes."),
            ParsedOption("200", feedback="That is found."),
            ParsedOption("302"),
        ),
        external_id="one",
        name="Status",
        explanation="Look it up.",
        category="http/codes",
        tags=("http", "codes"),
        level="experienced",
        difficulty=4,
        skills=("flask",),
        source="RFC 9110",
    ),
    ParsedQuestion(
        "single",
        CODE,
        (ParsedOption("`{n} = ~ # \\\\`", Fraction(1)), ParsedOption("Nothing", place="last")),
        external_id="code",
        level="junior",
    ),
    ParsedQuestion(
        "multiple",
        "Welche sind gerade – 偶数?",
        (ParsedOption("2", HALF), ParsedOption("4", HALF), ParsedOption("3", -HALF)),
        external_id="several",
        marking=PARTIAL,
        level="junior",
    ),
    ParsedQuestion(
        "multiple",
        "Which of these are odd?",
        (ParsedOption("1", HALF), ParsedOption("3", HALF), ParsedOption("2")),
        external_id="all-of-them",
        level="junior",
    ),
    ParsedQuestion(
        "open",
        "Why?",
        external_id="open",
        level="junior",
        model_answer="Because.",
        look_fors=("reasons",),
        warning_signs=("none",),
        follow_ups=("And then?",),
    ),
]
# What a question loses by which it is another one when it comes back: see docs/formats.md.
CHANGES = {"marking"}


def taken(bank: QuestionBank, parsed: Parsed, mark: str) -> dict[str, int]:
    outcome = run_import(
        bank=bank,
        parsed=parsed,
        choices=ImportChoices(),
        mark=mark,
        by=BY,
        now=NOW,
        told=lambda _done, _total: None,
    )
    return counted(outcome)


def stored(bank: QuestionBank) -> list[Any]:
    versions = QuestionVersion.objects.filter(question__bank=bank)
    return [
        list(Question.objects.filter(bank=bank).order_by("pk").values()),
        list(versions.order_by("pk").values()),
        list(AnswerKey.objects.filter(version__in=versions).order_by("pk").values()),
    ]


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_file_that_comes_again_changes_nothing_and_is_new_in_another_bank(name: str) -> None:
    make_skill("flask")
    bank, other = make_bank("bank"), make_bank("other")
    assert taken(bank, Parsed("json", QUESTIONS), "first") == {"new": len(QUESTIONS)}
    written = export_questions(bank=bank, name=name, which=Which.ALL).written
    left_out = {loss.question for loss in written.losses if loss.is_left_out}
    loses_id = name == "aiken"
    others = {loss.question for loss in written.losses if loss.field in CHANGES} - left_out
    parsed = parse(written.content)
    assert not [problem for problem in parsed.problems if problem.level == "error"]
    count = len(QUESTIONS) - len(left_out)
    assert len(parsed.questions) == count > 0

    before = stored(bank)
    fates = {"new": count} if loses_id else {"unchanged": count - len(others), "changed": len(others)}
    assert taken(bank, parsed, "again") == {fate: number for fate, number in fates.items() if number}
    if not loses_id and not others:
        assert stored(bank) == before

    assert taken(other, parsed, "other") == {"new": count}
    # Without ids, too: what the file asks is what it is known by.
    for number, where in enumerate((bank, other)):
        before = stored(where)
        assert taken(where, parse(written.content), f"once more {number}") == {"unchanged": count}
        assert stored(where) == before
