"""The questions that most tests stand on are what the operations write, although few of them were written by these."""

import pytest
from django.forms import model_to_dict

from outbox.models import Event
from questions.models import AnswerKey, Question, QuestionVersion, QuestionWords
from tests.factories.questions import make_bank, make_question, make_questions

pytestmark = pytest.mark.django_db


def written(question: Question) -> dict[str, object]:
    """All rows of a question without what tells it from another."""
    version = QuestionVersion.objects.get(question=question)
    number = question.external_id.removeprefix("question-")
    assert version.stem == f"Question number {number}?"
    assert question.current_version_id == version.pk
    events = Event.objects.filter(about="questions.question", about_id=question.pk).order_by("pk")
    return {
        "question": model_to_dict(question, exclude=["id", "external_id", "current_version"]),
        "dates": (question.created_at, question.changed_at, version.created_at, version.frozen_at),
        "version": model_to_dict(version, exclude=["id", "question", "stem"]),
        "key": model_to_dict(AnswerKey.objects.get(version=version), exclude=["id", "version"]),
        "words": QuestionWords.objects.get(question=question).words.replace(f" {number} ", " "),
        "events": list(events.values("kind", "at", "data", "person_ref", "actor_kind")),
    }


def test_questions_of_the_factory_are_those_of_the_operations() -> None:
    bank = make_bank()
    one = make_question(bank)

    several = make_questions(3, bank)

    assert Question.objects.filter(bank=bank).count() == 4
    assert len({question.external_id for question in several}) == 3
    for question in Question.objects.filter(pk__in=[each.pk for each in several]):
        assert written(question) == written(Question.objects.get(pk=one.pk))
