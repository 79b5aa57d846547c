"""The pictures of the handbook and of the README, taken of the sample company. `make pictures` runs this."""

from __future__ import annotations

import json
import os

import pytest
from playwright.sync_api import Browser, Page, expect

from hiring.management.sample_company.cast import BACKEND
from tests.journeys.walk import handbook_picture, new_page
from tests.servers.processes import RunningSystem

pytestmark = pytest.mark.skipif(not os.environ.get("PICTURES"), reason="Only `make pictures` takes pictures.")


def signed_in(browser: Browser, system: RunningSystem, key: str) -> Page:
    """A page of one of the sample company's colleagues, with what they would see first."""
    logins = json.loads((system.data_dir / "keys" / "demo_logins.json").read_text())
    login = next(one for one in logins if one["email"].startswith(f"{key}@"))
    page = new_page(browser, viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page.goto(system.address + "/admin/")
    page.fill("input[name=login]", login["email"])
    page.fill("input[name=password]", login["password"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")
    return page


def test_pages_of_the_sample_company(embedded_system: RunningSystem, browser: Browser) -> None:
    system = embedded_system
    job = f"{system.address}/admin/jobs/{BACKEND}/"

    manager = signed_in(browser, system, "priya")
    manager.set_viewport_size({"width": 1280, "height": 900})
    manager.goto(system.address + "/admin/dashboard/")
    expect(manager.locator("canvas")).to_have_count(2)
    manager.wait_for_function("document.querySelectorAll('canvas[width]').length == 2")
    handbook_picture(manager, "dashboard")

    recruiter = signed_in(browser, system, "ida")
    handbook_picture(recruiter, "start")
    recruiter.goto(job)
    handbook_picture(recruiter, "job")
    recruiter.goto(job + "stages/")
    handbook_picture(recruiter, "stages")
    recruiter.goto(job + "results/")
    handbook_picture(recruiter, "results")
    recruiter.locator("tbody a").first.click()
    expect(recruiter.get_by_role("heading", name="What happened")).to_be_visible()
    handbook_picture(recruiter, "application")
    recruiter.get_by_role("link", name="Everything about this person").click()
    recruiter.locator("a[href*='/admin/attempts/']").first.click()
    expect(recruiter.get_by_text("By skill")).to_be_visible()
    handbook_picture(recruiter, "attempt")

    author = signed_in(browser, system, "yuki")
    author.goto(system.address + "/admin/questions/question/?kind=single")
    author.locator(".question-table tbody th a").first.click()
    expect(author.locator("textarea[name=stem]")).to_be_visible()
    expect(author.frame_locator("iframe[data-preview]").locator(".option").first).to_be_visible()
    handbook_picture(author, "question")
    # One more version, with something to look at again.
    stem = author.locator("textarea[name=stem]")
    stem.fill(f"{stem.input_value()}\n\nWhich one is not?")
    wrong = author.locator(".option-row").filter(has=author.locator("[name$='-right']:not(:checked)")).first
    wrong.locator("textarea[name$='-text']").fill("It is always so.")
    author.get_by_role("button", name="Save", exact=True).click()
    expect(author.get_by_text("Version 2 is begun, as a draft.")).to_be_visible()
    author.get_by_role("link", name="Read every version, and what changed").click()
    author.get_by_role("button", name="Show what differs").click()
    expect(author.locator("ins").first).to_be_visible()
    handbook_picture(author, "question-difference")
    author.goto(system.address + "/admin/to-review/?kind=found")
    expect(author.locator(".finding").first).to_be_visible()
    handbook_picture(author, "review-queue")
    author.goto(system.address + "/admin/tests/flask/new-version/")
    author.get_by_role("button").filter(has_text="version").click()
    author.goto(system.address + "/admin/tests/flask/rules/")
    expect(author.get_by_role("button", name="Save the blueprint")).to_be_visible()
    handbook_picture(author, "test-rules")
