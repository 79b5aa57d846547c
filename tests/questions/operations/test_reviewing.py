"""Somebody else looks at a question before tests draw it; and questions rest, leak, retire and come back."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.enums import Role
from accounts.models import Actor, User
from outbox.models import Event
from questions import operations, queries
from questions.enums import Status
from questions.models import Question, QuestionBank
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, key, make_bank, make_question, make_skill, options
from tests.servers.parallel import run_parallel

pytestmark = pytest.mark.django_db

SYSTEM = Actor.system()


@pytest.fixture
def ada() -> User:
    return make_user(Role.QUESTION_AUTHOR)


@pytest.fixture
def ben() -> User:
    return make_user(Role.QUESTION_AUTHOR)


def write(user: User, bank: QuestionBank | None = None) -> Question:
    return operations.add_question(
        bank=bank or make_bank(),
        external_id="question",
        kind="single",
        level="junior",
        intended_difficulty=2,
        skills=[make_skill("python")],
        stem="Which one?",
        options=options("abc"),
        key=key("a", "abc"),
        by=Actor.of_user(user),
        now=NOW,
    )


def change(question: Question, user: User, stem: str) -> None:
    operations.edit_question(
        question=question,
        level="junior",
        intended_difficulty=2,
        skills=question.skills.all(),
        tags=[],
        stem=stem,
        options=options("abc"),
        key=key("a", "abc"),
        by=Actor.of_user(user),
        now=NOW,
    )


def make_ready(question: Question, user: User) -> Question:
    return operations.make_ready(question=question, by=Actor.of_user(user), now=NOW)


def test_nobody_makes_ready_what_they_wrote_changed_or_sent_to_review(ada: User, ben: User) -> None:
    cleo, dora = make_user(Role.QUESTION_AUTHOR), make_user(Role.ADMINISTRATOR)
    question = write(ada)
    change(question, ben, "Which of these?")
    operations.send_to_review(question=question, by=Actor.of_user(cleo), now=NOW)

    for user in (ada, ben, cleo):
        with pytest.raises(operations.SameWriter):
            make_ready(question, user)
    assert Question.objects.get().status == Status.IN_REVIEW
    ready = make_ready(question, dora)

    assert (ready.status, ready.status_by, ready.status_at) == (Status.READY, dora, NOW)
    assert (ready.review_asked_at, ready.review_asked_by, ready.review_note) == (None, None, "")
    # What was reviewed once comes back without another review.
    operations.retire_question(question=question, by=Actor.of_user(ada), now=NOW)
    assert make_ready(question, ada).status == Status.READY
    assert make_ready(question, ada).status == Status.READY


def test_second_reviewer_is_not_wanted_of_the_system_nor_where_an_administrator_says_so(ada: User) -> None:
    alone, loaded = write(ada), write(ada)
    administrator = Actor.of_user(make_user(Role.ADMINISTRATOR))

    operations.make_ready(question=loaded, by=SYSTEM, now=NOW)
    for by in (Actor.of_user(ada), Actor.of_user(make_user(Role.RECRUITER))):
        with pytest.raises(PermissionDenied):
            operations.set_second_reviewer(bank=alone.bank, on=False, by=by, now=NOW)
    for _twice in range(2):
        operations.set_second_reviewer(bank=alone.bank, on=False, by=administrator, now=NOW)

    assert make_ready(alone, ada).status == Status.READY
    assert [event.data for event in Event.objects.filter(kind="question_bank.changed")] == [
        {"second_reviewer": False}
    ]


def test_reviewer_sends_back_with_a_note_that_the_next_step_blanks(ada: User, ben: User) -> None:
    question = write(ada)
    operations.send_to_review(question=question, by=Actor.of_user(ada), now=NOW)

    for note in ("", " \x00", "x" * 501):
        with pytest.raises(ValidationError):
            operations.send_back(question=question, note=note, by=Actor.of_user(ben), now=NOW)
    back = operations.send_back(question=question, note="Two are right.", by=Actor.of_user(ben), now=NOW)

    assert (back.status, back.review_note, back.review_asked_at) == (Status.DRAFT, "Two are right.", None)
    with pytest.raises(operations.QuestionLocked):
        operations.send_back(question=question, note="Again", by=Actor.of_user(ben), now=NOW)
    asked = operations.send_to_review(question=question, by=Actor.of_user(ada), now=NOW)
    assert (asked.review_note, asked.review_asked_by) == ("", ada)
    # What people wrote is in no event.
    assert "right" not in str(list(Event.objects.values_list("data", flat=True)))


def test_next_version_of_a_ready_question_waits_while_the_question_stays_ready(ada: User, ben: User) -> None:
    question = write(ada)
    make_ready(question, ben)
    with pytest.raises(operations.QuestionLocked):
        operations.send_to_review(question=question, by=Actor.of_user(ada), now=NOW)
    change(question, ada, "Which of these?")

    asked = operations.send_to_review(question=question, by=Actor.of_user(ada), now=NOW)
    with pytest.raises(operations.QuestionLocked):
        operations.send_to_review(question=question, by=Actor.of_user(ada), now=NOW)
    back = operations.send_back(question=question, note="Shorter.", by=Actor.of_user(ben), now=NOW)
    operations.send_to_review(question=question, by=Actor.of_user(ada), now=NOW)
    ready = make_ready(question, ben)

    assert [(row.status, row.review_asked_at) for row in (asked, back, ready)] == [
        (Status.READY, NOW),
        (Status.READY, None),
        (Status.READY, None),
    ]
    assert ready.current_version.number == 2


def test_retired_question_is_taken_up_with_the_version_that_was(ada: User, ben: User) -> None:
    question, never = make_question(), write(ada)
    for each in (question, never):
        operations.retire_question(question=each, by=SYSTEM, now=NOW)

    taken = operations.take_up_again(question=question, by=Actor.of_user(ben), now=NOW)
    draft = operations.take_up_again(question=never, by=Actor.of_user(ben), now=NOW)

    assert (taken.status, draft.status, taken.status_by) == (Status.READY, Status.DRAFT, ben)
    assert list(queries.ready_questions(bank_id=question.bank_id)) == [question]
    with pytest.raises(operations.QuestionLocked):
        operations.take_up_again(question=question, by=SYSTEM, now=NOW)


def test_limit_of_showing_is_once_or_more_or_that_of_the_bank(ada: User) -> None:
    question, by = make_question(), Actor.of_user(ada)

    with pytest.raises(ValidationError):
        operations.set_exposure_cap(question=question, times=0, by=by, now=NOW)
    for times in (5, 5, None):
        operations.set_exposure_cap(question=question, times=times, by=by, now=NOW)
        assert Question.objects.get().rests_after == times

    capped = Event.objects.filter(kind="question.exposure_capped").order_by("pk")
    assert [event.data["facts"] for event in capped] == [{"rests_after": 5}, {"rests_after": None}]


def test_flags_are_set_and_taken_away_once(ada: User) -> None:
    question, by = make_question(), Actor.of_user(ada)

    with pytest.raises(ValidationError):
        operations.flag_leaked(question=question, note="x" * 201, by=by, now=NOW)
    operations.flag_leaked(question=question, note="On a\nforum", by=by, now=NOW)
    leaked = operations.flag_leaked(question=question, note="On two", by=SYSTEM, now=NOW)
    assert (leaked.leaked_at, leaked.leaked_by, leaked.leaked_note) == (NOW, ada, "On two")
    for step in (
        operations.let_rest,
        operations.let_rest,
        operations.wake,
        operations.wake,
        operations.clear_leak,
        operations.clear_leak,
    ):
        step(question=question, by=by, now=NOW)

    kept = Question.objects.get()
    assert (kept.rested_at, kept.leaked_at, kept.leaked_by, kept.leaked_note) == (None, None, None, "")
    kinds = Event.objects.filter(about="questions.question", actor_kind="user").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == [
        "question.leaked",
        "question.rested",
        "question.woken",
        "question.leak_cleared",
    ]


def test_steps_at_once_leave_one_status(transactional_db, race_rounds) -> None:
    for _ in range(race_rounds // 2):
        question = make_question(ready=False)

        outcomes = run_parallel(
            lambda question=question: operations.send_to_review(question=question, by=SYSTEM, now=NOW), 3
        )

        kinds = sorted(type(outcome).__name__ for outcome in outcomes)
        assert kinds == ["Question", "QuestionLocked", "QuestionLocked"], outcomes
