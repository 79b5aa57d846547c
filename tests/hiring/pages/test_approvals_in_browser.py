"""A manager's morning with approvals, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from hiring.models import Application, Stage
from tests.factories.hiring import ask, make_application, stages
from tests.hiring.pages.house import House, make_house
from tests.hiring.pages.test_board_in_browser import REFUSED


@pytest.fixture
def gated(transactional_db: None) -> House:
    house = make_house()
    Stage.objects.filter(job=house.job, name="Interview").update(needs_approval=True)
    return house


def sign_in(page: Page, address: str, user: Any) -> None:
    client = Client()
    client.force_login(user)
    cookies = [{"name": name, "value": it.value, "url": address} for name, it in client.cookies.items()]
    page.context.add_cookies(cookies)


@pytest.mark.once
def test_the_manager_approves_from_the_start_page(gated: House, live_server: Any, page: Page) -> None:
    application = make_application(gated.job, full_name="Wanda Waiting")
    ask(application, by=gated.recruiter, note="She is the one", now=timezone.now())
    sign_in(page, live_server.url, gated.manager)

    page.goto(f"{live_server.url}/admin/")
    page.get_by_role("link", name="Waiting for your approval").click()
    expect(page.get_by_role("heading", name="Waiting for your approval", level=1)).to_be_visible()
    expect(page.get_by_text("She is the one")).to_be_visible()
    page.get_by_role("button", name="Approve Wanda Waiting").click()

    expect(page.get_by_text("Approved: Wanda Waiting is at “Interview” now.")).to_be_visible()
    expect(page.get_by_text("Nobody waits for your approval")).to_be_visible()
    assert Application.objects.get(pk=application.pk).stage.name == "Interview"


@pytest.mark.once
def test_dragging_to_such_a_stage_puts_the_card_back_and_offers_to_ask(
    gated: House, live_server: Any, page: Page
) -> None:
    application = make_application(gated.job, full_name="Wanda Waiting")
    interview = stages(gated.job)["Interview"]
    sign_in(page, live_server.url, gated.recruiter)
    page.goto(f"{live_server.url}/admin/jobs/backend/board/")
    page.expected_troubles.add(REFUSED)  # type: ignore[attr-defined]

    card = page.locator(f"#card-{application.public_id}")
    card.drag_to(page.locator(f"#stage-{interview.pk} [data-cards]"))
    page.get_by_role("link", name="Ask for approval").click()
    page.get_by_label("Note").fill("She is the one")
    page.get_by_role("button", name="Ask for approval").click()

    expect(page.get_by_text("once it is approved")).to_be_visible()
    expect(page.get_by_text("Waiting for the approval of")).to_be_visible()
    assert Application.objects.get(pk=application.pk).stage.name == "Applied"
