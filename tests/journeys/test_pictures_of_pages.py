"""Pages of the sample company on a desk, on a telephone and in the dark, for people to look at. `make pictures`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from hiring.management.sample_company.cast import BACKEND
from hiring.rules.careers import QUICKEST_FORM
from tests.journeys.test_handbook_pictures import signed_in
from tests.journeys.walk import new_page, until_shown
from tests.servers.processes import RunningSystem, wait_until

pytestmark = pytest.mark.skipif(not os.environ.get("PICTURES"), reason="Only `make pictures` takes pictures.")

SCREENS: dict[str, dict[str, Any]] = {
    "desk": {"size": {"width": 1280, "height": 900}, "scheme": "light"},
    "phone": {"size": {"width": 375, "height": 740}, "scheme": "light"},
    "dark": {"size": {"width": 1280, "height": 900}, "scheme": "dark"},
}
DARKEN = "dark => document.querySelector('html[x-data]')?.classList.toggle('dark', dark)"


def look(page: Page, name: str, *, anew: bool = False) -> None:
    """Keep the page as it is now, on every screen; `anew` loads it for each, as charts want that are drawn once."""
    folder = Path(os.environ["PICTURES"])
    for screen, how in SCREENS.items():
        page.set_viewport_size(how["size"])
        page.emulate_media(color_scheme=how["scheme"], reduced_motion="reduce")
        if anew:
            page.reload()
        # The shell asks for the scheme once, as it begins.
        page.evaluate(DARKEN, how["scheme"] == "dark")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=folder / f"look-{name}-{screen}.png", full_page=True, animations="disabled")
    page.set_viewport_size(SCREENS["desk"]["size"])
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    page.evaluate(DARKEN, False)


def test_careers_pages_and_the_page_of_an_applicant(embedded_system: RunningSystem, browser: Browser) -> None:
    system = embedded_system
    page = new_page(browser)
    page.goto(f"{system.address}/jobs/")
    look(page, "careers-list")
    page.goto(f"{system.address}/jobs/{BACKEND}/")
    look(page, "careers-job")
    page.get_by_role("link", name="Apply", exact=True).click()
    look(page, "careers-form")
    send(page)
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "careers-form-errors")
    page.get_by_label("Your name").fill("Robin Applewhite")
    page.get_by_label("Your email address").fill("robin.applewhite@example.net")
    page.get_by_label("Your résumé").set_input_files(
        {"name": "resume.txt", "mimeType": "text/plain", "buffer": b"Seven years of Flask."}
    )
    page.get_by_label("I have read this and agree.").check()
    send(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    look(page, "careers-sent")

    recruiter = signed_in(browser, system, "ida")
    recruiter.goto(f"{system.address}/admin/mail/?q=Applewhite")
    until_shown(recruiter, "Kept here")
    look(recruiter, "outbox")
    recruiter.locator("table.data-table a").first.click()
    look(recruiter, "outbox-mail")
    link = recruiter.locator("a.btn-primary[href*='/status/']").get_attribute("href")
    assert link
    page.goto(link)
    look(page, "status")
    page.get_by_role("link", name="Withdraw the application").click()
    look(page, "status-withdraw")


def send(page: Page) -> None:
    """Send the form, once somebody can have read it."""
    shown = monotonic()
    wait_until(lambda: monotonic() - shown > QUICKEST_FORM.total_seconds(), what="a reader to be done")
    page.get_by_role("button", name="Send the application").click()


def test_pages_of_a_recruiter(embedded_system: RunningSystem, browser: Browser) -> None:
    system = embedded_system
    admin, job = f"{system.address}/admin/", f"{system.address}/admin/jobs/{BACKEND}/"
    page = signed_in(browser, system, "ida")
    for name, address in {
        "start": admin,
        "jobs": f"{admin}hiring/job/",
        "job": job,
        "board": f"{job}board/",
        "import": f"{job}import/",
        "applications": f"{admin}hiring/application/",
        "people": f"{admin}candidates/candidate/",
        "needs-you": f"{admin}needs-you/",
        "dashboard": f"{admin}dashboard/",
        "funnel": f"{admin}reports/funnel/",
        "ageing": f"{admin}reports/ageing/",
        "reports": f"{admin}reports/",
        "mail": f"{admin}mail/",
        "notifications": f"{admin}notifications/",
        "stages": f"{job}stages/",
        "job-form": f"{job}form/",
        "results": f"{job}results/",
        "new-job": f"{admin}new-job/",
        "job-settings": f"{job}settings/",
        "job-mail": f"{job}mail/",
        "job-close": f"{job}close/",
        "tracking": f"{job}tracking/",
        "add": f"{job}add/",
        "interviews": f"{admin}interviews/",
        "profile": f"{admin}profile/",
    }.items():
        page.goto(address)
        look(page, name, anew=True)

    page.goto(f"{admin}reports/funnel/")
    page.locator("#report-numbers tbody a").first.click()
    look(page, "funnel-people")

    for name, button in {
        "bulk-invite": "Invite to test",
        "bulk-move": "Move to…",
        "bulk-reject": "Reject…",
        "bulk-tags": "Change tags…",
        "bulk-write": "Write…",
    }.items():
        page.goto(f"{job}?status=active")
        page.get_by_label("Choose everybody on this page").check()
        page.locator(".bulk-bar").get_by_role("button", name=button).click()
        look(page, name)

    # Who wrote in their résumé of the ferry company.
    page.goto(f"{job}?q=ferry")
    page.locator("tbody .person-cell a").first.click()
    expect(page.locator("img.reader-page").first).to_be_visible()
    look(page, "application")
    page.get_by_role("link", name="Everything about this person").click()
    look(page, "person")
    page.get_by_role("link", name="Merge with another person").click()
    page.get_by_label("Name, email address or words").fill("an")
    page.get_by_role("button", name="Find").click()
    look(page, "merge-search")
    page.get_by_role("link", name=re.compile("^Compare and merge")).first.click()
    look(page, "merge")
