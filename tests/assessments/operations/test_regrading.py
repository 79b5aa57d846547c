"""Marking attempts again when a key was wrong."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import Actor
from assessments.enums import RegradeState
from assessments.models import RegradeRequest
from questions.models import AnswerKey
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_question

pytestmark = pytest.mark.django_db


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
    key = AnswerKey.objects.get(version=make_question().current_version)

    with pytest.raises(IntegrityError), transaction.atomic():
        RegradeRequest.objects.create(question_version=key.version, key=key, asked_at=NOW, **changes)


def test_requests_are_one_a_revision_and_read_by_those_who_hire_or_write_questions() -> None:
    key = AnswerKey.objects.get(version=make_question().current_version)
    asked = RegradeRequest.objects.create(question_version=key.version, key=key, asked_at=NOW)

    with pytest.raises(IntegrityError), transaction.atomic():
        RegradeRequest.objects.create(question_version=key.version, key=key, asked_at=NOW)
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
