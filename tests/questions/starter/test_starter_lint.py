"""The starter banks are clean: nothing is found in them, in a question or in a bank as a whole."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from questions.formats import starter
from questions.formats.starter import read_bank
from questions.operations.starter import draft_of
from questions.rules import QuestionDraft, lint

FOLDER = Path(starter.__file__).parent.parent / "starter"


def drafts(name: str) -> list[QuestionDraft]:
    return [draft_of(question) for question in read_bank(FOLDER / name).questions]


@pytest.mark.parametrize("name", ["flask", "python"])
def test_nothing_is_found_in_a_starter_bank(name: str) -> None:
    tally, near = lint.BankTally(), lint.NearDuplicates()
    found = []
    questions = drafts(name)
    for number, draft in enumerate(questions):
        found += [(draft.external_id, one.kind.value, one.place) for one in lint.look_through(draft)]
        tally.add(draft)
        near.add(number, draft.stem)
    alike = [(questions[one].external_id, questions[other].external_id) for one, other, _ in near.pairs()]

    assert found == []
    assert list(tally.found()) == []
    assert alike == []


def test_ten_thousand_questions_are_looked_through_in_seconds() -> None:
    questions = [*drafts("flask"), *drafts("python")]
    many = [questions[number % len(questions)] for number in range(2000)]

    begin = time.process_time()
    for draft in many:
        lint.look_through(draft)
    took = time.process_time() - begin

    # A fifth of them, in a fifth of the time.
    assert took < 30 / 5
