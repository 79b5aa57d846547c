"""The handbook and the page that starts for real in a real browser: nobody is shut out, nothing sticks out."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import Actor
from accounts.operations import set_organisation
from tests.factories.accounts import NOW, make_administrator

pytestmark = pytest.mark.once

AXE = Axe()
# Unfold's own header and sidebar stand outside of landmarks; what our templates bring is all judged.
UPSTREAM = ("landmark-one-main", "region", "landmark-unique")
ADDRESSES = (
    "/admin/handbook/",
    "/admin/handbook/?q=score",
    "/admin/handbook/results/",
    "/admin/start-for-real/",
    "/admin/accounts/organisation/1/change/",
)


@pytest.fixture
def administrator(transactional_db: None, live_server: Any, page: Page) -> Page:
    set_organisation(by=Actor.system(), now=NOW, name="Brightwater Software", is_sample=True)
    client = Client()
    client.force_login(make_administrator())
    page.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": live_server.url}
            for name, cookie in client.cookies.items()
        ]
    )
    return page


def test_pages_shut_nobody_out_in_either_light_and_fit_a_phone(administrator: Page, live_server: Any) -> None:
    page = administrator
    found: dict[str, list[str]] = {}

    for address in ADDRESSES:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": 1280, "height": 900})
            page.goto(live_server.url + address)
            own = [
                f"{violation['id']} {node['target']}"
                for violation in AXE.run(page).response["violations"]
                for node in violation["nodes"]
                if violation["id"] not in UPSTREAM
            ]
            if own:
                found[f"{address} {scheme}"] = own
        page.set_viewport_size({"width": 375, "height": 740})
        if (width := page.evaluate("document.documentElement.scrollWidth")) != 375:
            found[f"{address} 375"] = [str(width)]

    assert found == {}


def test_a_help_line_leads_to_its_place_and_leaves_the_form_open(
    administrator: Page, live_server: Any
) -> None:
    page = administrator
    page.goto(f"{live_server.url}/admin/accounts/organisation/1/change/")

    with page.expect_popup() as opened:
        page.get_by_role("link", name="Handbook: Getting started").click()

    expect(opened.value.get_by_role("heading", name="Going live")).to_be_in_viewport()
    assert page.url.endswith("/admin/accounts/organisation/1/change/")
