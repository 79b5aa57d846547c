"""Writing to people in a real browser: chosen, written, looked at on every screen, sent, taken back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from outbox.enums import MessageState
from outbox.models import Message
from outbox.operations import run_due_work
from tests.factories.hiring import make_application, make_letter
from tests.hiring.pages.house import make_house
from tests.hiring.pages.test_in_browser import AXE, SIZES, UPSTREAM, _signed_in


def violations(page: Page) -> list[str]:
    found = AXE.run(page).response["violations"]
    return [
        f"{each['id']} {node['target']}"
        for each in found
        for node in each["nodes"]
        if each["id"] not in UPSTREAM
    ]


@pytest.mark.looks
def test_people_are_written_to_and_the_page_serves_every_screen(
    transactional_db: None, live_server: Any, page: Page
) -> None:
    house = make_house()
    make_application(house.job, full_name="Olga Other")
    make_letter("Welcome", body="Dear {{ candidate_name }},\n\nplease call us.")
    _signed_in(page, live_server.url, house.recruiter)
    page.goto(f"{live_server.url}/admin/jobs/backend/")
    page.get_by_label("Choose everybody on this page").check()
    page.get_by_role("button", name="Write…").click()

    # The name of a file is no subject.
    files = page.get_by_label("Files that go with it")
    files.set_input_files({"name": "note.txt", "mimeType": "text/plain", "buffer": b"A note."})
    expect(page.get_by_label("Subject")).to_have_value("")
    files.set_input_files([])
    page.get_by_label("Begin with").select_option(label="Welcome (English)")
    page.get_by_role("button", name="Put in its words").click()
    page.get_by_label("Subject").fill("A call about {{ job_title }}")
    page.emulate_media(color_scheme="dark")
    # Enter looks, and neither sends nor begins anew.
    page.get_by_label("Subject").press("Enter")
    expect(page.get_by_role("heading", name="2 people get it")).to_be_visible()
    expect(page.get_by_role("button", name="Send 2 letters")).to_be_visible()
    expect(page.get_by_text("A call about Backend engineer").first).to_be_visible()
    found = {}
    for scheme in ("dark", "light"):
        for size, viewport in SIZES.items():
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            found[scheme, size] = violations(page)
            assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
        page.emulate_media(color_scheme="light")
        page.get_by_role("button", name="Look again").click()
        expect(page.locator("html:not(.dark)")).to_be_visible()
    assert found == {key: [] for key in found}

    page.get_by_role("button", name="Send 2 letters").click()
    expect(page.get_by_text("The letters are being written.")).to_be_visible()
    run_due_work(now=timezone.now())
    page.reload()
    expect(page.get_by_text("2 letters wait.")).to_be_visible()
    page.get_by_role("button", name="Take them back").click()
    expect(page.get_by_text("2 letters are taken back. They do not go out.")).to_be_visible()
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.CANCELLED}
