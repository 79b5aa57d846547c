"""A file is read by the worker, outside any transaction: nobody waits for a lock while it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import Work
from outbox.tasks import run_work
from questions import formats
from questions.formats import WRITERS, names
from questions.models import Question, QuestionBank
from questions.operations import importing, reading
from tests.factories.accounts import make_user
from tests.factories.questions import make_bank, make_skill
from tests.load.taking_in import SKILLS, questions

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 3
# Each way from bytes to questions: text, a table, a package.
FORMATS = (names.GIFT, names.MOODLE_XML, names.JSON, names.CSV, names.XLSX, names.QTI_2_1)


@pytest.fixture
def bank() -> QuestionBank:
    for slug in SKILLS:
        make_skill(slug)
    return make_bank("bank")


@pytest.fixture
def read_within(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Of each time that a reader was called: whether a transaction was open."""
    seen: list[bool] = []

    def watched(reader: Callable[..., Any]) -> Callable[..., Any]:
        def read(*args: Any, **fields: Any) -> Any:
            seen.append(connection.in_atomic_block)
            found = reader(*args, **fields)
            seen.append(connection.in_atomic_block)
            return found

        return read

    monkeypatch.setattr(formats, "read_as", watched(formats.read_as))
    monkeypatch.setattr(reading.OpenSheet, "read", watched(reading.OpenSheet.read))
    monkeypatch.setattr(reading.sheets, "read_table", watched(reading.sheets.read_table))
    return seen


@pytest.mark.parametrize("name", FORMATS)
def test_worker_reads_a_file_outside_any_transaction(
    bank: QuestionBank, read_within: list[bool], name: str
) -> None:
    check = importing.queue_check(
        bank=bank,
        file=ContentFile(WRITERS[name](questions(COUNT)).content, name="questions"),
        format="auto",
        choices=importing.ImportChoices(skill=SKILLS[0]),
        by=Actor.of_user(make_user(Role.QUESTION_AUTHOR)),
        now=timezone.now(),
        intent="one",
        back={"url": "/", "label": "Import"},
        commits=True,
    )
    assert read_within == []

    # What a worker does when it is asked to look, until nothing is left: the check, and the import after it.
    for _work in range(2):
        run_work()

    states = Work.objects.order_by("pk").values_list("kind", "state", "reason")
    assert list(states) == [(check.kind, "done", ""), (importing.IMPORT, "done", "")]
    assert Question.objects.filter(bank=bank).count() == COUNT
    assert len(read_within) >= 4
    assert not any(read_within)
