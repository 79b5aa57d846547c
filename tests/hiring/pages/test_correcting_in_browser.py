"""The pages about mail that did not arrive, as eyes and readers of screens meet them."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page

from outbox.operations import receive_mail
from tests.factories.inbound import make_answer
from tests.hiring.pages.house import make_house
from tests.hiring.pages.test_correcting import LIST, returned

AXE = Axe()
# Unfold's own header and sidebar stand outside of landmarks; what our templates bring is all judged.
UPSTREAM = ("landmark-one-main", "region", "landmark-unique")


@pytest.mark.looks
def test_mail_that_came_back_shuts_nobody_out_and_fits_a_phone(
    transactional_db: None, live_server: Any, page: Page
) -> None:
    house = make_house()
    message = returned(house)
    long = "Hello,\r\n\r\nwhen is it? https://example.com/" + "a-very-long-address-" * 20 + "\r\n\r\nNora"
    receive_mail(
        public_id=message.public_id,
        raw=make_answer(long, From=f"Nora <{'nora' * 40}@example.com>"),
        envelope_sender="nora@example.com",
        now=timezone.now(),
    )
    client = Client()
    client.force_login(house.recruiter)
    page.context.add_cookies(
        [
            {"name": name, "value": cookie.value, "url": live_server.url}
            for name, cookie in client.cookies.items()
        ]
    )
    page.set_viewport_size({"width": 375, "height": 740})
    page.emulate_media(color_scheme="dark")
    addresses = [
        LIST,
        f"/admin/mail/{message.public_id}/",
        f"/admin/mail/{message.public_id}/correct/",
        f"/admin/applications/{house.application.public_id}/",
    ]
    found, widths = [], {}

    for address in addresses:
        page.goto(live_server.url + address)
        for summary in page.locator("main details > summary, #main details > summary").all():
            summary.click()
        violations = AXE.run(page).response["violations"]
        found += [
            f"{address}: {violation['id']} {node['target']}"
            for violation in violations
            for node in violation["nodes"]
            if violation["id"] not in UPSTREAM
        ]
        widths[address] = page.evaluate("document.documentElement.scrollWidth")

    assert found == []
    assert widths == dict.fromkeys(addresses, 375)
