"""Trying a bank out: candidates' pages, then the keys, and nothing of it is kept."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.models import Actor
from assessments.queries import PREVIEW_KEY
from assessments.queries.trials import TrialChoice, trial_questions
from questions import operations
from questions.enums import Kind
from questions.models import QuestionBank
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, key, make_bank, make_question, make_skill, options

pytestmark = pytest.mark.django_db


@pytest.fixture
def author() -> Client:
    client = Client()
    client.force_login(make_user(Role.QUESTION_AUTHOR))
    return client


@pytest.fixture
def bank(db: None) -> QuestionBank:
    """Two ready questions, a draft, one retired and one for interviews."""
    bank = make_bank("flask")
    for level in ("junior", "fresher"):
        make_question(bank, level=level, stem=f"A {level} question?")
    make_question(bank, level="junior", stem="A draft?", ready=False)
    retired = make_question(bank, stem="Retired?")
    operations.retire_question(question=retired, by=Actor.system(), now=NOW)
    make_question(bank, kind=Kind.OPEN)
    return bank


def url(name: str, *args: object) -> str:
    return reverse(f"trial:{name}", args=["flask", *args])


def read(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def sent(*places: str) -> dict[str, Any]:
    return {
        "go": "next",
        "answer": list(places),
        "base_version": "0",
        "page_id": "00000000-0000-4000-8000-000000000000",
        "shown_answer": "",
    }


def stored() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.label != "sessions.Session"
    }


def test_bank_leads_from_the_choice_over_its_questions_to_the_keys_and_keeps_nothing(author, bank) -> None:
    before = stored()

    page = author.get(reverse("admin:questions_questionbank_change", args=[bank.pk])).content.decode()
    chosen = author.get(url("test"))
    started = author.post(url("start"), {"count": "10"})
    first = author.get(started["Location"])
    author.post(url("question", 1), sent("1"))
    last = author.post(url("question", 2), sent("2"))
    author.post(url("submit"), {"confirmed": "yes"})
    finished = author.get(url("finished"))
    marks = author.get(finished["Location"])

    assert url("test") in page
    assert "Nothing is kept" in read(chosen)
    assert started["Location"] == url("question", 1)
    assert "Questions of a bank: nothing is kept." in read(first)
    assert "<script" not in re.sub(
        r"<script[^>]*application/json.*?</script>", "", first.content.decode(), flags=re.DOTALL
    )
    assert last["Location"] == url("overview")
    assert finished["Location"] == url("marks")
    assert "of 2 marks" in read(marks)
    assert read(marks).count("Because.") == 2
    for question in bank.questions.filter(status="ready", kind="single"):
        assert reverse("admin:questions_question_change", args=[question.pk]) in marks.content.decode()
    assert stored() == before


@pytest.mark.parametrize(
    ("choice", "count"),
    [
        (TrialChoice(), 2),
        (TrialChoice(level="junior"), 1),
        (TrialChoice(level="junior", drafts=True), 2),
        (TrialChoice(drafts=True), 3),
        (TrialChoice(level="experienced"), 0),
    ],
)
def test_choice_narrows_what_is_tried(bank, choice, count) -> None:
    assert trial_questions(bank, choice).count() == count


def test_drafts_are_tried_by_their_newest_version(bank) -> None:
    question = bank.questions.filter(level="fresher", kind="single").first()
    operations.edit_question(
        question=question,
        level="fresher",
        intended_difficulty=2,
        skills=[make_skill("python")],
        tags=[],
        stem="Newer?",
        options=options(),
        key=key(),
        by=Actor.system(),
        now=NOW,
    )

    (ready,) = trial_questions(bank, TrialChoice(level="fresher"))
    (newest,) = trial_questions(bank, TrialChoice(level="fresher", drafts=True))

    assert ready.tried == question.current_version_id
    assert newest.tried > ready.tried


def test_choice_that_finds_nothing_says_so(author, bank) -> None:
    response = author.post(url("start"), {"count": "5", "level": "experienced"})

    assert "The bank has no such question." in read(response)
    assert PREVIEW_KEY not in author.session


def test_another_form_draws_by_the_same_choice(author, bank) -> None:
    author.post(url("start"), {"count": "1", "level": "fresher"})
    author.post(url("another-form"))

    (_rule, version), *others = author.session[PREVIEW_KEY]["form"]

    assert not others
    assert version == bank.questions.get(level="fresher", status="ready").current_version_id


@pytest.mark.parametrize("name", ["finished", "marks", "overview"])
def test_pages_before_the_start_lead_to_the_choice(author, bank, name) -> None:
    page = author.get(url(name), follow=True)

    assert "Try this bank out" in read(page)


@pytest.mark.parametrize(("role", "status"), [(Role.QUESTION_AUTHOR, 404), (Role.ANALYST, 403)])
def test_bank_out_of_sight_is_not_there(bank, role, status) -> None:
    QuestionBank.objects.update(arriving_for="work")
    client = Client()
    client.force_login(make_user(role))

    assert client.get(url("test")).status_code == status


def test_colleague_tries_a_bank_out_in_a_browser(
    transactional_db: None, live_server: Any, page: Page, bank: QuestionBank, author: Client
) -> None:
    page.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": live_server.url}
            for name, cookie in author.cookies.items()
        ]
    )
    page.goto(live_server.url + reverse("admin:questions_questionbank_change", args=[bank.pk]))
    page.get_by_role("link", name="Try it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Try this bank out")
    page.get_by_label("Level").select_option("junior")
    page.get_by_role("button", name="Begin").click()

    expect(page.get_by_text("A junior question?")).to_be_visible()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name=re.compile("Next|Overview|Check", re.IGNORECASE)).first.click()
    expect(page.get_by_text("1 of 1 answered")).to_be_visible()
    page.get_by_role("button", name=re.compile("Hand in|Submit", re.IGNORECASE)).first.click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("How your answers would be marked")
    expect(page.get_by_text("Because.")).to_be_visible()
    page.get_by_role("link", name="Edit the question").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "/admin/questions/question/" in page.url
