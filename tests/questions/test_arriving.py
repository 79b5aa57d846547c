"""What a piece of work is still writing is nowhere to be found."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Actor
from questions import queries
from questions.enums import FindingKind, Weight
from questions.models import Question, QuestionBank, QuestionFinding
from tests.factories.accounts import NOW, make_user
from tests.factories.questions import make_bank, make_question

pytestmark = pytest.mark.django_db


@pytest.fixture
def arriving() -> Question:
    """A question of a bank that a piece of work still writes."""
    question = make_question(stem="Is anybody there?")
    QuestionBank.objects.filter(pk=question.bank_id).update(arriving_for="work", name="Not there yet")
    QuestionFinding.objects.create(
        bank=question.bank,
        question=question,
        kind=FindingKind.NO_SKILL,
        place="key",
        weight=Weight.ATTENTION,
        found_at=NOW,
    )
    return question


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.QUESTION_AUTHOR, Role.RECRUITER])
def test_questions_that_arrive_are_seen_by_nobody(arriving: Question, role: Role) -> None:
    shown, user = make_question(), make_user(role)
    actor = Actor.of_user(user)

    assert list(Question.objects.visible_to(actor)) == [shown]
    assert list(queries.banks_with_counts(QuestionBank.objects.visible_to(actor))) == [shown.bank]
    assert not QuestionFinding.objects.visible_to(actor).exists()
    # Whoever writes them sees them.
    assert Question.objects.visible_to(Actor.system()).count() == 2


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.QUESTION_AUTHOR, Role.RECRUITER])
def test_pages_say_nothing_of_questions_that_arrive(arriving: Question, role: Role) -> None:
    shown = make_question(make_bank("there"), stem="Which one?")
    QuestionBank.objects.filter(pk=shown.bank_id).update(name="Really there")
    client = Client()
    client.force_login(make_user(role))
    questions = reverse("admin:questions_question_changelist")
    field = {"app_label": "questions", "model_name": "question", "field_name": "bank"}

    lists = [
        client.get(questions).content.decode(),
        client.get(questions, {"q": "anybody"}).content.decode(),
        client.get(questions, {"q": arriving.external_id}).content.decode(),
        client.get(questions, {"bank": arriving.bank_id}).content.decode(),
        client.get(reverse("admin:questions_questionbank_changelist")).content.decode(),
        client.get(reverse("admin:autocomplete"), {"term": "there", **field}).content.decode(),
    ]

    assert "Which one?" in lists[0]
    assert "Really there" in lists[4]
    assert len(json.loads(lists[5])["results"]) == 1
    assert [page for page in lists if "anybody there" in page or "Not there yet" in page] == []
    assert client.get(reverse("admin:questions_question_change", args=[arriving.pk])).status_code != 200
