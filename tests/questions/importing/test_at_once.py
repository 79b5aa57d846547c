"""The same import twice, and two of one bank, at one moment: nothing is there twice, and each comes to its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor
from outbox.enums import WorkState
from outbox.models import Event, Work
from outbox.operations import run_due_work
from questions.formats import WRITERS
from questions.formats.drafts import ParsedQuestion
from questions.models import AnswerKey, Question, QuestionBank, QuestionVersion, QuestionWords
from questions.operations import importing
from questions.operations.importing import running, staging, switching
from tests.factories.accounts import make_user
from tests.factories.questions import make_bank
from tests.questions.importing.test_importing import choice
from tests.servers.parallel import run_all, run_parallel

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (staging, switching):
        monkeypatch.setattr(module, "PART", 3)
    monkeypatch.setattr("outbox.operations.work.GIVE_WAY_SECONDS", 0.005)


@pytest.fixture
def bank() -> QuestionBank:
    return make_bank("bank")


@pytest.fixture
def by() -> Actor:
    return Actor.of_user(make_user(Role.QUESTION_AUTHOR))


def numbered(numbers: range, words: str = "") -> list[ParsedQuestion]:
    return [choice(f"Number {n}{words}?", external_id=f"q-{n}") for n in numbers]


def checked(bank: QuestionBank, by: Actor, questions: list[ParsedQuestion], intent: str) -> Work:
    """A file that was uploaded and checked."""
    check = importing.queue_check(
        bank=bank,
        file=ContentFile(WRITERS["json"](questions).content, name="questions.json"),
        format="auto",
        choices=importing.ImportChoices(),
        by=by,
        now=timezone.now(),
        intent=intent,
        back={"url": "/", "label": "Import"},
    )
    assert run_due_work(now=timezone.now()) == 1
    check.refresh_from_db()
    assert check.result["ok"]
    return check


def confirm(check: Work, by: Actor) -> Work:
    return importing.confirm_import(check=check, by=by, now=timezone.now())


def look() -> int:
    """What a worker does at each word that there is work."""
    return run_due_work(now=timezone.now())


def assert_whole(bank: QuestionBank, stems: dict[str, str]) -> None:
    """Every question is there once, with one text, one key, its words and what is told of it, and nothing else is."""
    rows = Question.objects.filter(bank=bank)
    versions = QuestionVersion.objects.all()
    assert {
        version.question.external_id: version.stem for version in versions.select_related("question")
    } == stems
    count = len(stems)
    assert (rows.count(), Question.objects.count(), versions.count()) == (count, count, count)
    assert AnswerKey.objects.values("version").distinct().count() == count
    assert QuestionWords.objects.count() == count
    told = Event.objects.filter(kind="question.added").values_list("about_id", flat=True)
    assert sorted(told) == sorted(rows.values_list("pk", flat=True))
    assert list(QuestionBank.objects.all()) == [bank]


def stems(questions: list[ParsedQuestion]) -> dict[str, str]:
    return {question.external_id: question.stem for question in questions}


def test_word_that_comes_three_times_at_once_imports_once(bank: QuestionBank, by: Actor) -> None:
    file = numbered(range(20))
    work = confirm(checked(bank, by, file, "one"), by)

    assert sorted(run_parallel(look, 3)) == [0, 0, 1]
    work.refresh_from_db()
    assert (work.state, work.tries) == (WorkState.DONE, 1)
    assert look() == 0
    assert_whole(bank, stems(file))
    assert Event.objects.filter(kind="question_bank.imported").count() == 1


def test_import_that_two_confirm_at_once_is_one(bank: QuestionBank, by: Actor) -> None:
    file = numbered(range(7))
    check = checked(bank, by, file, "one")

    works = run_parallel(lambda: confirm(Work.objects.get(pk=check.pk), by), 2)
    assert {work.pk for work in works} == {Work.objects.exclude(pk=check.pk).get().pk}
    run_parallel(look, 2)
    assert_whole(bank, stems(file))
    assert confirm(check, by).pk == works[0].pk
    assert look() == 0


def test_two_imports_of_one_bank_at_once_both_end_and_double_nothing(bank: QuestionBank, by: Actor) -> None:
    one, other = numbered(range(20)), numbered(range(10, 30))
    works = [
        confirm(check, by) for check in (checked(bank, by, one, "one"), checked(bank, by, other, "other"))
    ]

    assert run_parallel(look, 2) == [1, 1]
    ended(works)
    assert_whole(bank, stems(one + other))
    counts = [dict(work.result["counts"]) for work in works]
    assert sum(each["New"] for each in counts) == 30
    assert sum(each["Unchanged"] for each in counts) == 10


def test_two_imports_that_change_the_same_questions_at_once_leave_each_as_one_of_them_says(
    bank: QuestionBank, by: Actor
) -> None:
    first, one, other = numbered(range(12)), numbered(range(12), " now"), numbered(range(12), " then")
    confirm(checked(bank, by, first, "first"), by)
    assert look() == 1
    works = [
        confirm(check, by) for check in (checked(bank, by, one, "one"), checked(bank, by, other, "other"))
    ]

    assert run_parallel(look, 2) == [1, 1]
    ended(works)
    said = dict(Question.objects.values_list("external_id", "versions__stem"))
    # All or nothing: whoever came last is there whole.
    assert said in (stems(one), stems(other))
    assert_whole(bank, said)
    assert Event.objects.filter(kind="question.changed").count() == 24


def ended(works: list[Work]) -> None:
    """Every one of these came to its end, where it was put off at its next try."""
    for _again in range(3):
        run_due_work(now=timezone.now() + timedelta(minutes=10))
    for work in works:
        work.refresh_from_db()
        assert work.state == WorkState.DONE, work.reason


@pytest.mark.parametrize("moment", ["written", "seen"])
def test_worker_that_was_thought_dead_and_goes_on_doubles_nothing(
    bank: QuestionBank, by: Actor, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    file, newer = numbered(range(10)), numbered(range(14), " now")
    confirm(checked(bank, by, file, "file"), by)
    assert look() == 1
    work = confirm(checked(bank, by, newer, "newer"), by)
    module, name = (running, "switch") if moment == "written" else (running, "finish")
    act: Callable[..., Any] = getattr(module, name)
    asleep = [True]

    def sleep_first(**fields: Any) -> None:
        if asleep:
            asleep.clear()
            # Longer than its lease: another worker takes the work up and does all of it.
            later = timezone.now() + timedelta(minutes=3)
            assert run_all([lambda: run_due_work(now=later)]) == [1]
        act(**fields)

    monkeypatch.setattr(module, name, sleep_first)
    look()

    work.refresh_from_db()
    assert (work.state, work.tries) == (WorkState.DONE, 2)
    assert_whole(bank, stems(newer))
    assert Event.objects.filter(kind="question.changed").count() == 10
    assert Event.objects.filter(kind="work.done", about_id=work.pk).count() == 1
