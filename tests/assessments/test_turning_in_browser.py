"""From one attempt to the next by keyboard, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.enums import Role
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment, make_finished, make_person
from tests.factories.questions import make_bank, make_question

LONG = "x = " + " + ".join(map(str, range(200)))


@pytest.mark.once
def test_arrows_turn_to_the_next_person_unless_something_else_has_use_for_them(
    transactional_db: None, live_server: Any, page: Page
) -> None:
    bank = make_bank()
    make_question(bank, stem=f"What is this?\n\n```python\n{LONG}\n```")
    assessment = make_assessment(bank=bank, count=1)
    for name in ("Second", "First"):
        make_finished(assessment, person=make_person(name))
    client = Client()
    client.force_login(make_user(Role.RECRUITER))
    page.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": live_server.url}
            for name, cookie in client.cookies.items()
        ]
    )
    page.goto(f"{live_server.url}/admin/tests/{assessment.slug}/results/")
    page.locator("a.score").first.click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("First")

    # Code that scrolls sideways keeps its arrows.
    code = page.locator("pre").first
    code.press("ArrowRight")
    page.wait_for_function("document.querySelector('pre').scrollLeft > 0")
    expect(heading).to_contain_text("First")

    page.locator("h1").press("Alt+ArrowRight")
    expect(heading).to_contain_text("First")
    page.keyboard.press("Tab")
    page.locator("a[rel=next]").press("ArrowRight")
    expect(heading).to_contain_text("Second")
    expect(page.locator("a[rel=next]")).to_have_count(0)
    page.locator("body").press("ArrowLeft")
    expect(heading).to_contain_text("First")
