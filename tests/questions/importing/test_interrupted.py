"""Whatever stops an import, readers see all of it or nothing, and the next try loses and doubles nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.enums import Role
from accounts.models import Actor
from outbox.models import Event
from questions.formats.drafts import Parsed, ParsedQuestion
from questions.models import (
    AnswerKey,
    Question,
    QuestionBank,
    QuestionPicture,
    QuestionVersion,
    QuestionWords,
)
from questions.operations.importing import (
    ImportChoices,
    Outcome,
    forget_left_behind,
    resume_import,
    run_import,
    running,
    staging,
    switching,
)
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_skill
from tests.load.taking_in import questions
from tests.questions.importing.test_importing import BY, choice

pytestmark = pytest.mark.django_db(transaction=True)


class StoppedError(Exception):
    """A worker that is killed."""


@pytest.fixture
def bank() -> QuestionBank:
    return make_bank("bank")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "PART", 2)
    monkeypatch.setattr(switching, "PART", 2)
    monkeypatch.setattr("outbox.operations.work.GIVE_WAY_SECONDS", 0)


FILE = [choice(f"Number {n}?", external_id=f"q-{n}") for n in range(7)]
NEWER = [choice(f"Number {n} now?", external_id=f"q-{n}", right="b") for n in range(9)]


def imported(
    bank: QuestionBank,
    questions: list[ParsedQuestion],
    mark: str = "mark",
    told: Callable[[int, int], None] = lambda _done, _total: None,
    by: Actor = BY,
) -> Outcome:
    return run_import(
        bank=bank,
        parsed=Parsed("json", questions),
        choices=ImportChoices(),
        mark=mark,
        by=by,
        now=NOW,
        told=told,
    )


def said() -> dict[str, str]:
    """What an author sees of the questions."""
    seen = Question.objects.all().visible_to(Actor.of_user(make_user(Role.QUESTION_AUTHOR)))
    rows = QuestionVersion.objects.filter(question__in=seen).order_by("number")
    return {version.question.external_id: version.stem for version in rows.select_related("question")}


def stems(file: list[ParsedQuestion]) -> dict[str, str]:
    return {question.external_id: question.stem for question in file}


def stop_at(number: int) -> Callable[[int, int], None]:
    calls = iter(range(number))

    def told(done: int, _total: int) -> None:
        if done and next(calls, None) is None:
            raise StoppedError

    return told


def before_all_see_it(monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    """Do something once, after everything was compared and written and before the step by which it is seen."""
    step, acts = running.switch, [act]

    def switch(**fields: Any) -> None:
        while acts:
            acts.pop()()
        step(**fields)

    monkeypatch.setattr(running, "switch", switch)


# While it compares, after the first part that is written, and after the last.
@pytest.mark.parametrize("after", [0, 1, 4])
def test_import_that_stops_before_its_end_is_not_seen_and_goes_on(bank: QuestionBank, after: int) -> None:
    with pytest.raises(StoppedError):
        imported(bank, FILE, told=stop_at(after))
    assert said() == {}
    imported(bank, FILE)
    assert said() == stems(FILE)

    with pytest.raises(StoppedError):
        imported(bank, NEWER, "newer", told=stop_at(after))
    assert said() == stems(FILE)
    imported(bank, NEWER, "newer")
    assert said() == stems(NEWER)
    assert (Question.objects.count(), AnswerKey.objects.count()) == (9, 9 + 7)
    assert Event.objects.filter(kind="question.added").count() == 9
    assert Event.objects.filter(kind="question.changed").count() == 7
    assert list(QuestionBank.objects.all()) == [bank]


def test_step_that_fails_half_way_shows_nothing(bank: QuestionBank, monkeypatch: pytest.MonkeyPatch) -> None:
    imported(bank, FILE)

    def fail(**_fields: Any) -> None:
        raise StoppedError

    with monkeypatch.context() as patched:
        patched.setattr(switching, "record_event", fail)
        with pytest.raises(StoppedError):
            imported(bank, NEWER, "newer")
    assert said() == stems(FILE)
    imported(bank, NEWER, "newer")
    assert said() == stems(NEWER)


def test_import_that_stops_after_it_was_seen_is_finished(
    bank: QuestionBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(bank, FILE)
    calls = iter(range(2))
    tell = switching.tell_of_added

    def fail(*args: Any, **fields: Any) -> None:
        if next(calls, None) is None:
            raise StoppedError
        tell(*args, **fields)

    more = [*NEWER, *(choice(f"More {n}?", external_id=f"m-{n}") for n in range(4))]
    with monkeypatch.context() as patched:
        patched.setattr(switching, "tell_of_added", fail)
        with pytest.raises(StoppedError):
            imported(bank, more, "newer")
    assert said() == stems(more)

    assert resume_import(bank=bank, mark="another", by=BY, now=NOW) is None
    for _again in range(2):
        counts = resume_import(bank=bank, mark="newer", by=BY, now=NOW)
        assert counts is not None
        assert (counts["new"], counts["changed"]) == (6, 7)
    assert Event.objects.filter(kind="question.added").count() == 13
    assert Event.objects.filter(kind="question.changed").count() == 7
    assert list(QuestionBank.objects.all()) == [bank]


def test_question_that_somebody_saves_meanwhile_is_compared_again(
    bank: QuestionBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(bank, FILE)
    mine = Question.objects.filter(bank=bank, external_id="q-1")
    before_all_see_it(monkeypatch, lambda: mine.update(edit=7) and None)

    imported(bank, NEWER, "newer")
    assert said() == stems(NEWER)
    question = Question.objects.get(external_id="q-1")
    assert question.edit == 8
    assert Event.objects.filter(kind="question_bank.imported").count() == 2


def test_question_that_comes_in_meanwhile_is_changed_and_not_doubled(
    bank: QuestionBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    before_all_see_it(monkeypatch, lambda: imported(bank, FILE[:1], "other") and None)

    outcome = imported(bank, FILE)
    assert outcome.counts()["unchanged"] == 1
    assert said() == stems(FILE)


def test_what_was_left_behind_is_thrown_away(bank: QuestionBank) -> None:
    with pytest.raises(StoppedError):
        imported(bank, FILE, told=stop_at(2))
    assert forget_left_behind(now=NOW + timedelta(hours=1)) == 0
    assert forget_left_behind(now=NOW + timedelta(hours=7)) == 1
    assert not Question.objects.exists()
    assert not QuestionPicture.objects.exists()
    assert list(QuestionBank.objects.all()) == [bank]


def test_import_that_failed_for_good_once_it_was_seen_is_finished_with_what_was_left_behind(
    bank: QuestionBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(bank, FILE)
    author = make_user(Role.QUESTION_AUTHOR)

    def fail(*_args: Any, **_fields: Any) -> None:
        raise StoppedError

    with monkeypatch.context() as patched:
        patched.setattr(switching, "tell_of_added", fail)
        with pytest.raises(StoppedError):
            imported(bank, NEWER, "newer", by=Actor.of_user(author))
    assert not QuestionWords.objects.filter(
        words__begin="now", question__bank=bank, question__edit=1
    ).exists()

    assert forget_left_behind(now=NOW + timedelta(hours=7)) == 1
    assert said() == stems(NEWER)
    assert QuestionWords.objects.filter(words__begin="now").count() == 9
    assert Event.objects.filter(kind="question.added").count() == 9
    assert Event.objects.filter(kind="question.changed", actor_user=author).count() == 7
    assert list(QuestionBank.objects.all()) == [bank]


def test_question_that_somebody_saves_before_the_end_is_found_by_what_it_says_then(
    bank: QuestionBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(bank, FILE)
    finish = switching.finish

    mine = Question.objects.filter(bank=bank, external_id="q-1")

    def save_first(**fields: Any) -> None:
        QuestionVersion.objects.filter(question__in=mine).update(stem="Yesterday?")
        mine.update(edit=2)
        finish(**fields)

    monkeypatch.setattr(running, "finish", save_first)
    imported(bank, NEWER, "newer")
    found = QuestionWords.objects.filter(words__begin="yesterday").values_list(
        "question__external_id", flat=True
    )
    assert list(found) == ["q-1"]
    assert QuestionWords.objects.filter(words__begin="now").count() == 8


def test_no_transaction_of_500_questions_writes_more_than_200_of_them(
    bank: QuestionBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "PART", 200)
    monkeypatch.setattr(switching, "PART", 200)

    for slug in ("flask", "python", "sql"):
        make_skill(slug)
    written: list[int] = []
    write = staging.write_questions

    def note(*, drafts: Any, **fields: Any) -> Any:
        written.append(len(drafts))
        # The part is a transaction of its own.
        assert len(connection.atomic_blocks) == 1
        return write(drafts=drafts, **fields)

    monkeypatch.setattr(staging, "write_questions", note)
    switched: list[str] = []
    step = switching.switch

    def count(**fields: Any) -> None:
        def seen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            switched.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(seen):
            step(**fields)

    monkeypatch.setattr(running, "switch", count)
    imported(bank, questions(500))
    assert written == [200, 200, 100]
    assert Question.objects.filter(bank=bank).count() == 500
    # The step by which all of them are seen writes none of them: it has as many statements for ten thousand.
    assert len(switched) <= 12
    assert not [sql for sql in switched if sql.startswith('INSERT INTO "questions_question')]
