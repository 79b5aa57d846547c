"""What authors are shown beside their form is the page of a test, and nothing of it is kept."""

from __future__ import annotations

import re

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from questions.enums import Kind
from questions.models import Question, QuestionVersion
from tests.assessments.taking.places import make_place
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment
from tests.factories.questions import make_bank, make_question

pytestmark = pytest.mark.django_db

ADDRESS = reverse("assessments:one-question")
STEM = "What does this print?\n\n```python\nprint('<b>')\n```\n\n![A map](/pictures/aaaaaaaaaaaaaaaaaaaaaa)"
TEXTS = ("`<b>`", "**Nothing**", "```sql\nSELECT 1\n```")


def typed(kind: str = "single", stem: str = STEM, texts: tuple[str, ...] = TEXTS) -> dict[str, object]:
    rows = {f"r{number}-text": text for number, text in enumerate(texts, start=1)}
    return {
        "kind": kind,
        "stem": stem,
        "option": [f"r{number}" for number in range(1, len(texts) + 1)],
        **rows,
    }


def author() -> Client:
    client = Client()
    client.force_login(make_user(Role.QUESTION_AUTHOR))
    return client


def question_of(page: str) -> str:
    found = re.search(r'<fieldset class="question">.*?</fieldset>', page, re.DOTALL)
    assert found
    return found[0]


@pytest.mark.parametrize("kind", Kind.choice_kinds)
def test_author_sees_byte_for_byte_what_the_candidate_gets(kind) -> None:
    bank = make_bank()
    question = make_question(bank, kind=kind, stem=STEM, codes="abc")
    version = question.current_version
    options = [{"code": code, "text": text, "place": "here"} for code, text in zip("abc", TEXTS, strict=True)]
    QuestionVersion.objects.filter(pk=version.pk).update(options=options)
    place = make_place(assessment=make_assessment(bank=bank, count=1))
    place.start()
    taken = place.client.get(place.url("question/1/")).content.decode()

    shown = author().post(ADDRESS, typed(kind)).content.decode()

    assert question_of(shown) == question_of(taken)
    assert '<img src="/pictures/aaaaaaaaaaaaaaaaaaaaaa" alt="A map">' in shown
    styles = r'<link rel="stylesheet" href="[^"]+">'
    assert re.findall(styles, shown) == re.findall(styles, taken)
    assert "<script src" not in shown


def test_preview_writes_nothing_and_asks_little() -> None:
    client = author()
    client.post(ADDRESS, typed())
    sessions = Session.objects.count()

    # Session, user, roles, permissions, organisation.
    with CaptureQueriesContext(connection) as captured:
        response = client.post(ADDRESS, typed())

    assert response.status_code == 200
    asked = [query["sql"] for query in captured]
    assert len(asked) <= 5, asked
    assert all(sql.startswith("SELECT") for sql in asked)
    assert not any("answerkey" in sql for sql in asked)
    assert (Question.objects.count(), Session.objects.count()) == (0, sessions)
    assert response["Cache-Control"] == "no-store, private"


def test_preview_of_what_is_half_typed_is_shown_all_the_same() -> None:
    client = author()

    for data in (
        {},
        {"kind": "nonsense", "option": "r1"},
        typed(stem="```python\nnot closed", texts=("", "b")),
    ):
        assert client.post(ADDRESS, data).status_code == 200
    too_long = client.post(ADDRESS, typed(stem="x" * 100_001))
    spoken = client.post(ADDRESS, typed("open", texts=())).content.decode()

    assert (too_long.status_code, "too long to show" in too_long.content.decode()) == (400, True)
    assert "Open questions are asked in interviews" in spoken
    assert client.get(ADDRESS).status_code == 405


def test_preview_runs_nothing_that_was_typed() -> None:
    stem = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"

    page = author().post(ADDRESS, typed(stem=stem, texts=(stem, "b"))).content.decode()

    assert "<script>alert" not in page
    assert "javascript:" not in re.sub(r"\[x\]\(javascript:[^)]*\)", "", page)
    assert "<img" not in page
