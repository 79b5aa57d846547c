"""Many questions are changed by two at once, or while a file comes in: nothing half done, and the later one is told."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Actor
from outbox.models import Event, Work
from questions import operations
from questions.enums import BulkAction
from questions.formats.drafts import Parsed
from questions.models import Question
from questions.operations import bulk
from questions.operations.importing import ImportChoices, ImportRefused, run_import
from questions.queries.bulk import left_out
from tests.factories.questions import NOW, make_bank, make_questions
from tests.questions.importing.test_importing import choice
from tests.servers.parallel import run_all

pytestmark = pytest.mark.django_db(transaction=True)
BY = Actor.system()
CHANGED = "Somebody changed it meanwhile."


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "_CHUNK", 2)
    monkeypatch.setattr("outbox.operations.work.GIVE_WAY_SECONDS", 0)


def asked(action: BulkAction, questions: list[Question], **values: Any) -> Work:
    seen = [(question.pk, question.edit) for question in questions]
    return operations.queue_bulk(action=action, seen=seen, values=values, intent=action.value, by=BY, now=NOW)


def do(work: Work, told: Any = lambda _done, _total: None) -> dict[str, Any]:
    work.result = bulk.do_bulk(work, BY, told, now=NOW)
    return work.result


def rows() -> list[Question]:
    return list(Question.objects.order_by("pk"))


def test_of_two_at_once_each_question_is_changed_by_one_and_named_to_the_other() -> None:
    questions = make_questions(8)
    harder = asked(BulkAction.DIFFICULTY, questions, difficulty=5)
    higher = asked(BulkAction.LEVEL, questions, level="experienced")

    results = run_all([lambda: do(harder), lambda: do(higher)], seconds=240)

    assert sum(result["done"] for result in results) == sum(r["skipped_count"] for r in results) == 8
    assert {each["text"] for result in results for each in result["skipped"]} == {CHANGED}
    changed = [(row.intended_difficulty == 5, row.level == "experienced") for row in rows()]
    assert set(changed) <= {(True, False), (False, True)}
    assert {row.edit - question.edit for row, question in zip(rows(), questions, strict=True)} == {1}
    assert Event.objects.filter(kind="question.changed").count() == 8


def test_one_that_comes_between_two_parts_is_told_of_the_first_and_tells_of_the_rest() -> None:
    questions = make_questions(4)
    first = asked(BulkAction.DIFFICULTY, questions, difficulty=5)
    second = asked(BulkAction.LEVEL, questions, level="experienced")

    do(first, lambda done, _total: do(second) if done == 2 else None)

    assert [row.intended_difficulty == 5 for row in rows()] == [True, True, False, False]
    assert [row.level == "experienced" for row in rows()] == [False, False, True, True]
    names = [question.external_id for question in questions]
    assert [(each.who, each.why) for each in left_out(BY, second)] == [(name, CHANGED) for name in names[:2]]
    assert [(each.who, each.why) for each in left_out(BY, first)] == [(name, CHANGED) for name in names[2:]]


FILE = [choice(f"Number {n}?", external_id=f"q-{n}") for n in range(4)]
NEWER = [choice(f"Number {n} now?", external_id=f"q-{n}", right="b", level="") for n in range(4)]


def taken_in(
    bank: Any, questions: Any, mark: str, told: Any = lambda _done, _total: None, *, replaces: bool = True
) -> Any:
    return run_import(
        bank=bank,
        parsed=Parsed("json", questions),
        choices=ImportChoices(replaces_drafts=replaces),
        mark=mark,
        by=BY,
        now=NOW,
        told=told,
    )


def is_staged(done: int, total: int) -> bool:
    """Whether all of a file is staged and nothing of it is seen: two of the three steps of an import."""
    return done == total * 2 // 3


def stems() -> list[str]:
    return [row.versions.latest("number").stem for row in rows()]


def test_change_of_many_while_a_file_comes_in_is_kept_and_so_is_the_file() -> None:
    bank = make_bank()
    taken_in(bank, FILE, "first")
    work = asked(BulkAction.LEVEL, rows(), level="experienced")

    def told(done: int, total: int) -> None:
        if is_staged(done, total) and not work.result:
            do(work)

    outcome = taken_in(bank, NEWER, "newer", told)

    assert (work.result["done"], work.result["skipped_count"]) == (4, 0)
    assert outcome.counts()["changed"] == 4
    assert {row.level for row in rows()} == {"experienced"}
    assert stems() == [question.stem for question in NEWER]
    assert Event.objects.filter(kind="question_bank.imported").count() == 2


def test_file_that_would_write_over_what_was_changed_meanwhile_is_refused_whole() -> None:
    bank = make_bank()
    taken_in(bank, FILE, "first")
    work = asked(BulkAction.LEVEL, rows()[:1], level="experienced")

    def told(done: int, total: int) -> None:
        if is_staged(done, total) and not work.result:
            do(work)

    with pytest.raises(ImportRefused):
        taken_in(bank, NEWER, "newer", told, replaces=False)

    assert work.result["done"] == 1
    assert stems() == [question.stem for question in FILE]
    assert [row.level for row in rows()] == ["experienced", "junior", "junior", "junior"]
    assert Question.objects.count() == 4


def test_change_of_many_that_was_looked_at_before_a_file_came_in_is_told() -> None:
    bank = make_bank()
    taken_in(bank, FILE, "first")
    work = asked(BulkAction.LEVEL, rows(), level="experienced")
    taken_in(bank, NEWER[:2], "newer")

    result = do(work)

    assert (result["done"], [each["text"] for each in result["skipped"]]) == (2, [CHANGED] * 2)
    assert [row.level for row in rows()] == ["junior", "junior", "experienced", "experienced"]


def test_change_of_many_and_a_file_at_once_leave_nothing_half_done() -> None:
    bank = make_bank()
    taken_in(bank, FILE, "first")
    work = asked(BulkAction.LEVEL, rows(), level="experienced")

    result, _outcome = run_all([lambda: do(work), lambda: taken_in(bank, NEWER, "newer")], seconds=240)

    assert stems() == [question.stem for question in NEWER]
    assert result["done"] + result["skipped_count"] == 4
    assert [row.level for row in rows()].count("experienced") == result["done"]
