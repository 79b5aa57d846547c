"""The page of who is in a test looks again by itself, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.enums import Role
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment, make_attempt, make_invitation, make_person

pytestmark = pytest.mark.once

# What a tick of its own clock asks for, without ten seconds of waiting.
AGAIN = """() => new Promise((done) => {
  document.addEventListener("htmx:afterSettle", () => done("swapped"), { once: true });
  const kept = (event) => setTimeout(() => event.defaultPrevented && done("kept"));
  document.addEventListener("htmx:beforeRequest", kept, { once: true });
  const place = document.getElementById("running-now");
  htmx.ajax("GET", place.getAttribute("hx-get"), { source: place, target: place, swap: "outerHTML" });
})"""


def start(assessment: Any, name: str) -> Any:
    now = timezone.now()
    return make_attempt(invitation=make_invitation(assessment, person=make_person(name), now=now), now=now)


def test_it_looks_again_and_leaves_focus_scrolling_and_typed_words_alone(
    transactional_db: None, live_server: Any, page: Page
) -> None:
    assessment = make_assessment(questions=1)
    ada = start(assessment, "Ada Sample")
    client = Client()
    client.force_login(make_user(Role.RECRUITER))
    page.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": live_server.url}
            for name, cookie in client.cookies.items()
        ]
    )
    page.set_viewport_size({"width": 375, "height": 700})
    page.goto(f"{live_server.url}/admin/tests/{assessment.slug}/running/")
    page.fill("[name=started_from]", "2026-01-02T03:04")
    page.locator(f"#attempt-{ada.pk}").focus()
    page.evaluate("document.querySelector('.table-scroll').scrollLeft = 40")
    start(assessment, "Grace Late")

    assert page.evaluate(AGAIN) == "swapped"

    expect(page.get_by_role("link", name="Grace Late")).to_be_attached()
    expect(page.locator(f"#attempt-{ada.pk}")).to_be_focused()
    assert page.evaluate("document.querySelector('.table-scroll').scrollLeft") == 40
    expect(page.locator("[name=started_from]")).to_have_value("2026-01-02T03:04")
    expect(page.locator("#running-steps a")).to_have_count(3)

    page.get_by_label("Look again by itself").uncheck()
    start(assessment, "Not Yet Seen")

    assert page.evaluate(AGAIN) == "kept"
    expect(page.get_by_role("link", name="Not Yet Seen")).to_have_count(0)

    page.get_by_label("Look again by itself").check()
    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    assert page.evaluate(AGAIN) == "kept"

    # In sight again, it looks by itself.
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_role("link", name="Not Yet Seen")).to_be_attached()


def test_who_handed_in_leaves_the_page_and_the_focus_stays_in_the_table(
    transactional_db: None, live_server: Any, page: Page
) -> None:
    assessment = make_assessment(questions=1)
    ada, _other = start(assessment, "Ada Sample"), start(assessment, "Grace Late")
    client = Client()
    client.force_login(make_user(Role.RECRUITER))
    page.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": live_server.url}
            for name, cookie in client.cookies.items()
        ]
    )
    page.goto(f"{live_server.url}/admin/tests/{assessment.slug}/running/")
    page.locator(f"#attempt-{ada.pk}").focus()
    ada.delete()

    assert page.evaluate(AGAIN) == "swapped"

    expect(page.get_by_role("link", name="Ada Sample")).to_have_count(0)
    expect(page.locator("#running-table")).to_be_focused()
