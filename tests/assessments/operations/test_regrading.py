"""Marking attempts again when a key was wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import Actor
from assessments.enums import RegradeState
from assessments.models import RegradeRequest
from assessments.operations import ask_for_regrade
from questions import operations as questions
from questions.models import AnswerKey, Question
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment
from tests.factories.questions import NOW, key, make_question

pytestmark = pytest.mark.django_db


def mend(question: Question, right: str, *, by: Actor, explanation: str = "Because.") -> None:
    questions.mend_key(
        version=question.current_version,
        key=replace(key(right), explanation=explanation),
        reason="It was wrong",
        by=by,
        now=NOW,
    )


def test_mended_key_of_a_question_in_a_test_asks_once_to_mark_again() -> None:
    asked, never = make_question(), make_question()
    make_assessment(bank=asked.bank, count=1)
    user = make_user(Role.QUESTION_AUTHOR)

    mend(never, "b", by=Actor.of_user(user))
    mend(asked, "a", explanation="Clearer.", by=Actor.of_user(user))
    assert not RegradeRequest.objects.exists()
    mend(asked, "b", by=Actor.of_user(user))

    request = RegradeRequest.objects.get()
    assert (request.key.revision, request.key.reason) == (3, "It was wrong")
    assert (request.question_version, request.state) == (asked.current_version, RegradeState.OPEN)
    assert (request.asked_at, request.asked_by) == (NOW, user)
    version, again = asked.current_version, request.key
    assert ask_for_regrade(version=version, key=again, by=Actor.system(), now=NOW) == request
    assert RegradeRequest.objects.get().asked_by == user


def test_mended_key_and_the_request_are_written_together_or_not_at_all(monkeypatch) -> None:
    question = make_question()
    make_assessment(bank=question.bank, count=1)

    def fail(**kwargs: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("assessments.operations.ask_for_regrade", fail)
    with pytest.raises(ZeroDivisionError):
        mend(question, "b", by=Actor.system())

    assert AnswerKey.objects.count() == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "perhaps"},
        {"state": RegradeState.DONE},
        {"state": RegradeState.DISMISSED},
        {"settled_at": NOW},
    ],
)
def test_database_refuses_a_request_that_makes_no_sense(changes: dict[str, object]) -> None:
    stored = AnswerKey.objects.get(version=make_question().current_version)

    with pytest.raises(IntegrityError), transaction.atomic():
        RegradeRequest.objects.create(question_version=stored.version, key=stored, asked_at=NOW, **changes)


def test_requests_are_one_a_revision_and_read_by_those_who_hire_or_write_questions() -> None:
    stored = AnswerKey.objects.get(version=make_question().current_version)
    asked = RegradeRequest.objects.create(question_version=stored.version, key=stored, asked_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        RegradeRequest.objects.create(question_version=stored.version, key=stored, asked_at=NOW)
    seen = {
        role: list(RegradeRequest.objects.visible_to(Actor.of_user(make_user(role))))
        for role in (Role.ADMINISTRATOR, Role.RECRUITER, Role.QUESTION_AUTHOR, Role.ANALYST)
    }

    assert [role for role, rows in seen.items() if rows == [asked]] == [
        Role.ADMINISTRATOR,
        Role.RECRUITER,
        Role.QUESTION_AUTHOR,
    ]
    RegradeRequest.objects.update(state=RegradeState.DONE, settled_at=NOW)
