"""Every key that no program proves was answered blind, and the log says what became of it."""

from __future__ import annotations

import re

import pytest

from tests.questions.starter.stems import BANKS, FOLDER, bank, question

UNPROVEN = [
    question.external_id
    for name in BANKS
    for question in bank(name).questions
    if question.kind != "open" and not question.proof
]
FIELDS = ["Question", "Blind answer", "Key", "Ruling", "Source"]


def _entries():
    text = (FOLDER / "blind-log.md").read_text(encoding="utf-8")
    sections = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)[1:]
    return {
        name: re.findall(r"^\* ([^:]+): (.+)$", body, re.MULTILINE)
        for name, body in zip(sections[::2], sections[1::2], strict=True)
    }


def test_blind_log_has_an_entry_for_each_key_that_no_program_proves_and_no_other():
    assert sorted(_entries()) == sorted(UNPROVEN)


@pytest.mark.parametrize("external_id", UNPROVEN)
def test_blind_log_says_what_was_answered_and_what_settled_it(external_id):
    entry = _entries()[external_id]
    said, asked = dict(entry), question(external_id)

    assert [field for field, _ in entry] == FIELDS
    assert said["Key"] == " and ".join(option.text for option in asked.keys)
    assert said["Source"] == asked.source
    assert said["Blind answer"] in {option.text for option in asked.options}
    assert said["Ruling"].startswith("agrees" if said["Blind answer"] == said["Key"] else "settled")
