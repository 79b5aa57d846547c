"""Pages of question banks in their fullest states: for everybody, light and dark, and as narrow as a small phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.enums import Role
from accounts.models import Actor
from questions import operations
from questions.models import Question
from tests.architecture.test_accessibility import DESK, NAVIGATION, look, sign_in, violations
from tests.factories.accounts import make_user
from tests.factories.questions import NOW, key, make_bank, make_question, make_skill, options

SYSTEM = Actor.system()
NARROW: Any = {"width": 320, "height": 640}
LONG = "Which_of_these_is_not_a_name_that_a_program_may_give_to_anything_whatever_it_is"


def make_everything() -> Question:
    """Make questions that are in the queue for every reason, and return one with two versions that differ."""
    bank = make_bank()
    operations.update_bank(
        bank=bank, name="A bank with rather a long name", description="", by=SYSTEM, now=NOW
    )
    changed = make_question(bank, stem=f"{LONG}?\n\n```python\nx = (\n```", skills=[make_skill("python")])
    operations.edit_question(
        question=changed,
        level="junior",
        intended_difficulty=2,
        skills=changed.skills.all(),
        tags=[],
        stem=f"{LONG}, and why?\n\n```python\nx = (1,\n```",
        options=options("abcd"),
        key=key("b"),
        by=SYSTEM,
        now=NOW + timedelta(days=1),
    )
    operations.send_to_review(question=changed, by=SYSTEM, now=NOW)
    operations.record_usage(shown={changed.pk: 12}, now=NOW)
    operations.record_reports(question_id=changed.pk, opened=2, now=NOW)
    operations.flag_leaked(question=changed, note="https://forum.example/" + "x" * 60, by=SYSTEM, now=NOW)
    operations.let_rest(question=make_question(bank), by=SYSTEM, now=NOW)
    return changed


def chosen(page: Page, address: str) -> None:
    """Tick a question of the list and ask for the preview of the first action."""
    page.goto(address + reverse("questions:questions"))
    page.locator("[name=ids]").first.check()
    page.locator(".bulk-bar .btn-primary").click()
    expect(page.locator(".decide")).to_be_visible()


def at(name: str, query: str = "", **parts: Any) -> Callable[[Page, str], None]:
    def go(page: Page, address: str) -> None:
        page.goto(address + reverse(name, kwargs=parts) + query)

    return go


def test_pages_of_banks_shut_nobody_out(transactional_db: None, live_server: Any, page: Page) -> None:
    question = make_everything()
    sign_in(page, live_server.url, make_user(Role.QUESTION_AUTHOR))
    one = {"pk": question.pk}
    pages: dict[str, Callable[[Page, str], None]] = {
        "list": at("questions:questions", "?level=junior&exposure=seldom"),
        "queue": at("questions:review-queue"),
        "bulk": chosen,
        "exposure": at("questions:exposure", **one),
        "history": at("questions:history", **one),
        "differences": at("questions:differences", **one),
        "import": at("questions:import", slug=question.bank.slug),
        "export": at("questions:export", slug=question.bank.slug),
    }
    faults: dict[str, list[str]] = {}
    for scheme, size in (("light", DESK), ("dark", NARROW)):
        look(page, scheme, size)
        for name, go in pages.items():
            go(page, live_server.url)
            found = violations(page, without=NAVIGATION)
            wide = page.evaluate("document.documentElement.scrollWidth")
            faults[f"{name}, {scheme}"] = found + ([f"{wide} wide"] if wide > size["width"] else [])

    assert [(name, found) for name, found in faults.items() if found] == []
