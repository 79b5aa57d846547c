"""What the database itself holds of questions, whoever writes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.enums import Role
from accounts.models import Actor
from questions.enums import FindingKind, FindingState, Weight
from questions.models import Question, QuestionBank, QuestionFinding, QuestionPicture, UnsavedEdit
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, make_bank, make_question

pytestmark = pytest.mark.django_db


def finding(
    question: Question | None = None, bank: QuestionBank | None = None, **changes: Any
) -> QuestionFinding:
    values: dict[str, Any] = {
        "kind": FindingKind.NO_EXPLANATION,
        "place": "key",
        "weight": Weight.ATTENTION,
        "found_at": NOW,
    }
    held = bank or (question.bank if question is not None else None)
    return QuestionFinding.objects.create(question=question, bank=held, **values | changes)


def picture(bank: QuestionBank, **changes: Any) -> QuestionPicture:
    values: dict[str, Any] = {
        "content": b"png",
        "media_type": "image/png",
        "width": 1,
        "height": 1,
        "size": 3,
        "digest": "0" * 64,
        "created_at": NOW,
    }
    return QuestionPicture.objects.create(bank=bank, **values | changes)


def update(question: Question, **changes: Any) -> int:
    return Question.objects.filter(pk=question.pk).update(**changes)


@pytest.mark.parametrize(
    "write",
    [
        lambda question, user: update(question, review_asked_by=user),
        lambda question, user: update(question, leaked_by=user),
        lambda question, _user: update(question, leaked_note="On a forum"),
        lambda question, _user: update(question, rests_after=0),
        lambda question, _user: QuestionBank.objects.update(rests_after=0),
        lambda question, _user: finding(question, kind="ugly"),
        lambda question, _user: finding(question, weight="heavy"),
        lambda question, _user: finding(question, state="lost"),
        lambda question, _user: finding(question, state=FindingState.ACCEPTED, accepted_at=NOW),
        lambda question, _user: finding(question, state=FindingState.ACCEPTED, reason="On purpose"),
        lambda question, _user: finding(question, reason="On purpose"),
        lambda question, _user: [finding(question), finding(question)],
        lambda question, _user: [finding(bank=question.bank), finding(bank=question.bank, place="bank")],
        lambda question, user: [
            UnsavedEdit.objects.create(user=user, question=question, kept_at=NOW) for _ in range(2)
        ],
        lambda question, _user: picture(question.bank, media_type="image/svg+xml"),
        lambda question, _user: [picture(question.bank), picture(question.bank)],
    ],
)
def test_database_refuses_what_makes_no_sense(write: Callable[[Question, Any], object]) -> None:
    question, user = make_question(), make_user(Role.QUESTION_AUTHOR)

    with pytest.raises(IntegrityError), transaction.atomic():
        write(question, user)


def test_what_makes_sense_is_kept() -> None:
    question, user = make_question(), make_user(Role.QUESTION_AUTHOR)
    other = make_question()

    update(question, review_asked_by=user, review_asked_at=NOW, rests_after=1)
    update(other, leaked_at=NOW, leaked_by=user, leaked_note="On a forum", rested_at=NOW)
    finding(question, state=FindingState.ACCEPTED, accepted_at=NOW, accepted_by=user, reason="On purpose")
    finding(question, place="stem")
    finding(question, kind=FindingKind.NO_SKILL)
    finding(other)
    finding(bank=question.bank, kind=FindingKind.LENGTH_TELLS)
    for known in (question, other, None, None):
        UnsavedEdit.objects.create(user=user, question=known, kept_at=NOW)
    # The same picture in another bank is one of its own.
    assert picture(question.bank).public_id != picture(make_bank()).public_id

    with pytest.raises(ValidationError) as refused:
        Question(rests_after=0).validate_constraints()
    assert "A question is shown once at least before it rests." in refused.value.messages


def test_who_leaves_takes_nothing_along_but_what_they_had_not_saved() -> None:
    question, user = make_question(), make_user(Role.QUESTION_AUTHOR)
    update(question, review_asked_by=user, review_asked_at=NOW, leaked_by=user, leaked_at=NOW, status_by=user)
    finding(question, state=FindingState.ACCEPTED, accepted_at=NOW, accepted_by=user, reason="On purpose")
    UnsavedEdit.objects.create(user=user, question=question, kept_at=NOW)

    user.delete()

    kept = Question.objects.get()
    assert (kept.review_asked_by, kept.review_asked_at, kept.leaked_at, kept.status_by) == (
        None,
        NOW,
        NOW,
        None,
    )
    assert QuestionFinding.objects.get().reason == "On purpose"
    assert not UnsavedEdit.objects.exists()


def test_findings_are_read_by_authors_and_what_somebody_typed_by_themselves_alone() -> None:
    question = make_question()
    author, other, analyst = (
        make_user(Role.QUESTION_AUTHOR),
        make_user(Role.ADMINISTRATOR),
        make_user(Role.ANALYST),
    )
    finding(question)
    UnsavedEdit.objects.create(user=author, question=question, kept_at=NOW)

    seen = {
        user.pk: (
            QuestionFinding.objects.visible_to(Actor.of_user(user)).count(),
            UnsavedEdit.objects.visible_to(Actor.of_user(user)).count(),
        )
        for user in (author, other, analyst)
    }

    assert seen == {author.pk: (1, 1), other.pk: (1, 0), analyst.pk: (0, 0)}
