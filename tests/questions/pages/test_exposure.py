"""Sparing a question, on its page."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from questions.models import Question, QuestionBank
from tests.factories.accounts import make_user
from tests.factories.questions import make_bank, make_question

pytestmark = pytest.mark.django_db


def sign_in(role: Role) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def test_author_spares_a_question_and_takes_it_back() -> None:
    question, client = make_question(), sign_in(Role.QUESTION_AUTHOR)
    url = reverse("questions:exposure", args=[question.pk])

    for data in ({"do": "rest"}, {"do": "leaked", "note": "On a forum"}, {"do": "cap", "times": "40"}):
        assert client.post(url, data).status_code == 302
    question.refresh_from_db()
    spared = (question.rested_at is not None, question.leaked_note, question.rests_after)
    page = client.get(url).content.decode()
    for data in ({"do": "wake"}, {"do": "clear"}, {"do": "cap", "times": ""}):
        client.post(url, data)
    question.refresh_from_db()

    assert spared == (True, "On a forum", 40)
    assert "On a forum" in page
    assert "0 times of 40" in page
    assert (question.rested_at, question.leaked_at, question.rests_after) == (None, None, None)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"do": "cap", "times": "0"}, "greater than or equal to 1"),
        ({"do": "leaked", "note": "x" * 201}, "at most 200 characters"),
    ],
)
def test_what_cannot_be_saved_stays_on_the_page(data, words) -> None:
    question = make_question()

    response = sign_in(Role.QUESTION_AUTHOR).post(reverse("questions:exposure", args=[question.pk]), data)

    assert response.status_code == 200
    assert words in response.content.decode()
    assert Question.objects.get(pk=question.pk).edit == question.edit


def test_recruiter_reads_it_and_changes_nothing() -> None:
    question, client = make_question(), sign_in(Role.RECRUITER)
    url = reverse("questions:exposure", args=[question.pk])

    page = client.get(url).content.decode()

    assert "How often it was shown" in page
    assert 'value="rest"' not in page
    assert client.post(url, {"do": "rest"}).status_code == 403


def test_bank_has_a_limit_on_its_page() -> None:
    bank, client = make_bank(), sign_in(Role.QUESTION_AUTHOR)
    url = reverse("admin:questions_questionbank_change", args=[bank.pk])

    response = client.post(url, {"name": bank.name, "description": "", "rests_after": "120"})

    assert response.status_code == 302
    assert QuestionBank.objects.get(pk=bank.pk).rests_after == 120
