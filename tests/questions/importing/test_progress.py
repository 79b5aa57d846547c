"""What the page of an import shows while it goes on: it rises while the file is checked and while it is written."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Actor, User
from outbox.models import Work
from outbox.operations import run_due_work
from outbox.operations.work import _Run
from questions.formats import WRITERS
from questions.formats.counting import listener
from questions.models import Question, QuestionBank
from questions.operations import importing
from questions.operations.importing import asking, comparing, lines, running, staging, switching
from tests.factories.accounts import make_user
from tests.factories.questions import make_bank, make_skill
from tests.load.taking_in import SKILLS, questions

pytestmark = pytest.mark.django_db(transaction=True)

COUNT = 30
PART = 3
SHOWN = re.compile(r'<progress [^>]*?(?: value="(\d+)" max="(\d+)")?></progress>')


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in ((comparing, "PART"), (staging, "PART"), (switching, "PART"), (lines, "_PART")):
        monkeypatch.setattr(module, name, PART)
    monkeypatch.setattr("outbox.operations.work.GIVE_WAY_SECONDS", 0)


@pytest.fixture
def author() -> User:
    return make_user(Role.QUESTION_AUTHOR)


@pytest.fixture
def bank() -> QuestionBank:
    for slug in SKILLS:
        make_skill(slug)
    return make_bank("bank")


class Watcher:
    """Somebody who looks at the page of the work each time that something was done."""

    def __init__(self, client: Client, author: User) -> None:
        client.force_login(author)
        self.client = client
        self.seen: dict[str, list[tuple[int, int]]] = {}

    def look(self, step: str, work: Work) -> None:
        page = self.client.get(reverse("outbox:work", args=[work.public_id])).content.decode()
        found = SHOWN.search(page)
        assert found is not None, page
        self.seen.setdefault(step, []).append((int(found[1] or 0), int(found[2] or 0)))


@pytest.fixture
def watcher(client: Client, author: User, monkeypatch: pytest.MonkeyPatch) -> Watcher:
    watcher = Watcher(client, author)

    def watched(module: Any, name: str, step: str) -> None:
        act: Callable[..., Any] = getattr(module, name)

        def acting(*args: Any, **fields: Any) -> Any:
            watcher.look(step, Work.objects.get(state="running"))
            return act(*args, **fields)

        monkeypatch.setattr(module, name, acting)

    watched(importing.asking, "read_file", "read")
    watched(comparing, "_kept", "compare")
    watched(staging, "write_questions", "write")
    watched(staging, "_write_changed", "write")
    watched(running, "switch", "show")
    watched(switching, "tell_of_added", "finish")
    watched(switching, "record_events", "finish")
    return watcher


def check(bank: QuestionBank, author: User, content: bytes, intent: str) -> Work:
    return importing.queue_check(
        bank=bank,
        file=ContentFile(content, name="questions.json"),
        format="auto",
        choices=importing.ImportChoices(),
        by=Actor.of_user(author),
        now=timezone.now(),
        intent=intent,
        back={"url": "/", "label": "Import"},
    )


def rising(seen: list[tuple[int, int]]) -> list[int]:
    """What was shown, each number once."""
    assert {total for _done, total in seen} == {COUNT}
    shown = [done for done, _total in seen]
    assert shown == sorted(shown)
    return list(dict.fromkeys(shown))


def test_progress_that_a_page_shows_rises_while_a_file_is_checked_and_written(
    bank: QuestionBank, author: User, watcher: Watcher
) -> None:
    made = questions(COUNT)
    for intent, content in (
        ("new", WRITERS["json"](made).content),
        ("changed", WRITERS["json"](made).content.replace(b"and why does", b"and when does")),
    ):
        watcher.seen.clear()
        work = check(bank, author, content, intent)
        assert run_due_work(now=timezone.now()) == 1
        # Nobody knows how many there are before the file is read: the bar says that something goes on.
        assert watcher.seen.pop("read") == [(0, 0)]
        # The first part is looked at before anything is known.
        assert rising(watcher.seen.pop("compare")[1:]) == list(range(PART, COUNT, PART))

        work = importing.confirm_import(
            check=Work.objects.get(pk=work.pk), by=Actor.of_user(author), now=timezone.now()
        )
        watcher.seen.clear()
        assert run_due_work(now=timezone.now()) == 1
        assert watcher.seen.pop("read") == [(0, 0)]
        compared = rising(watcher.seen["compare"][1:])
        written = rising(watcher.seen["write"])
        finished = rising(watcher.seen["finish"])
        assert len(compared) == len(written) - 1 == len(finished) - 1 == COUNT // PART - 1
        assert compared[-1] <= written[0] < written[-1] <= finished[0] < finished[-1] < COUNT
        assert rising(watcher.seen["show"]) == [2 * COUNT // 3]
        work.refresh_from_db()
        assert (work.state, work.done, work.total) == ("done", COUNT, COUNT)
    assert Question.objects.filter(bank=bank).count() == COUNT


def told_while_read(work: Work, monkeypatch: pytest.MonkeyPatch, seconds: float) -> list[tuple[int, int]]:
    """Do a work whose reader takes so many seconds for each hundred questions; return what it told meanwhile."""
    clock = itertools.count(step=seconds)
    monkeypatch.setattr(asking, "monotonic", lambda: next(clock))
    told: list[tuple[int, int]] = []
    report = _Run.report

    def reporting(run: _Run, done: int, total: int | None = None) -> None:
        report(run, done, total)
        if listener() is not None:
            told.append((Work.objects.get(pk=work.pk).done, Work.objects.get(pk=work.pk).total))

    monkeypatch.setattr(_Run, "report", reporting)
    assert run_due_work(now=timezone.now()) == 1
    assert Work.objects.get(pk=work.pk).state == "done"
    return told


@pytest.mark.parametrize("name", ["gift", "moodle_xml", "csv", "json", "markdown", "qti_2.1"])
def test_work_says_how_many_questions_were_read_and_not_more_often_than_once_a_second(
    bank: QuestionBank, author: User, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    content = WRITERS[name](questions(500)).content
    slow, quick = (check(bank, author, content, intent) for intent in ("slow", "quick"))

    # The clock is looked at once a hundred, and once more where it is told.
    assert told_while_read(slow, monkeypatch, 1.0) == [(count, 0) for count in (100, 200, 300, 400, 500)]
    assert told_while_read(quick, monkeypatch, 0.3) == [(400, 0)]


def test_page_says_how_many_were_read_before_anybody_knows_of_how_many(
    bank: QuestionBank, author: User, client: Client
) -> None:
    work = check(bank, author, WRITERS["json"](questions(1)).content, "one")
    Work.objects.filter(pk=work.pk).update(state="running", done=4200, total=0)
    client.force_login(author)

    page = client.get(reverse("outbox:work", args=[work.public_id])).content.decode()

    assert "Done so far: 4200<" in page
    assert SHOWN.search(page)[1] is None  # type: ignore[index]
