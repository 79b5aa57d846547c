"""Careers pages in a real browser: without JavaScript, on a narrow telephone, in the dark."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from hiring.enums import ApplicationStatus, JobKind
from hiring.models import Application, Job
from outbox.rules import link_token
from tests.factories.accounts import make_organisation
from tests.factories.hiring import make_job
from tests.hiring.careers.applicants import ask

AXE = Axe()
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
SIZES = {"desk": {"width": 1280, "height": 900}, "narrow": {"width": 320, "height": 640}}


@pytest.fixture
def job(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Job:
    # A browser that is driven fills in a form quicker than a person.
    monkeypatch.setattr("hiring.careers.stamps.QUICKEST_FORM", timedelta(0))
    make_organisation(name="Larkfield", reply_to="people@example.org")
    make_job(title="Gardener", department="Park", location="Leipzig")
    job = make_job(title="Baker", department="Kitchen", description="We bake **bread**.")
    Job.objects.filter(pk=job.pk).update(kind=JobKind.FULL_TIME)
    ask(job, introduction="Take your time.")
    job.refresh_from_db()
    return job


def apply(page: Page, home: str) -> None:
    """Find the job in the list and fill in its form, as a person does."""
    page.goto(f"{home}/jobs/")
    page.get_by_role("link", name="Baker").click()
    page.get_by_role("link", name="Apply", exact=True).click()
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Your email address").fill("ada@example.com")
    page.get_by_label("Which city do you live in?").fill("Leipzig")
    page.get_by_role("group", name="May you work in the EU?").get_by_label("Yes").check()
    page.get_by_label("SQL").check()
    page.get_by_label("Your résumé").set_input_files(
        {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
    )


def test_person_without_javascript_applies_sees_where_it_stands_and_withdraws(
    browser: Browser, live_server: Any, job: Job
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    apply(page, live_server.url)
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick the box to agree")
    expect(page.get_by_label("Which city do you live in?")).to_have_value("Leipzig")
    expect(page.get_by_label("SQL")).to_be_checked()
    expect(page.get_by_text("cv.pdf, 15 bytes, is kept for an hour.")).to_be_visible()
    page.get_by_label("I have read this and agree.").check()
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")

    application = Application.objects.select_related("status_link").get()
    assert application.status_link is not None
    page.goto(f"{live_server.url}/status/{link_token(application.status_link)}/")
    expect(page.get_by_text("In progress")).to_be_visible()
    page.get_by_role("link", name="Replace cv.pdf").click()
    page.get_by_label("File").set_input_files(
        {"name": "letter.txt", "mimeType": "text/plain", "buffer": b"Bread."}
    )
    page.get_by_role("button", name="Replace it").click()
    expect(page.get_by_role("link", name="Replace letter.txt")).to_be_visible()
    page.get_by_role("link", name="Withdraw the application").click()
    page.get_by_role("button", name="Withdraw the application").click()
    expect(page.get_by_text("Withdrawn")).to_be_visible()
    application.refresh_from_db()
    assert application.status == ApplicationStatus.WITHDRAWN
    context.close()


@pytest.mark.looks
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_sign_of_a_list_stands_out_from_its_field(
    page: Page, live_server: Any, job: Job, scheme: Any
) -> None:
    # No colour of a text, so no rule of axe looks at it.
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}/jobs/")

    sign, field = page.get_by_label("Department").evaluate(
        "field => { const style = getComputedStyle(field); return [style.backgroundImage, style.backgroundColor] }"
    )

    [stroke] = re.findall(r"stroke=\\?'%23([0-9a-f]{6})", sign)
    of_sign = luminance([int(stroke[place : place + 2], 16) for place in (0, 2, 4)])
    of_field = luminance([int(part) for part in re.findall(r"\d+", field)[:3]])
    assert (max(of_sign, of_field) + 0.05) / (min(of_sign, of_field) + 0.05) >= 3


@pytest.mark.looks
def test_whoever_fills_in_the_form_by_keyboard_sees_where_they_are(
    page: Page, live_server: Any, job: Job
) -> None:
    page.goto(f"{live_server.url}/jobs/{job.slug}/apply/")
    rings: dict[str, Any] = {}

    while True:
        page.keyboard.press("Tab")
        place, ring = page.evaluate(
            """() => {
                const at = document.activeElement, style = getComputedStyle(at);
                const name = at.name || at.innerText.trim();
                return [`${at.tagName} ${name} ${at.value ?? ""}`, `${style.outlineStyle} ${style.outlineWidth}`];
            }"""
        )
        if place in rings or place.startswith("BODY"):
            break
        rings[place] = ring

    assert any(place.startswith("BUTTON Send the application") for place in rings)
    assert {place: ring for place, ring in rings.items() if ring != "solid 3px"} == {}


def luminance(colour: list[int]) -> float:
    """How bright a colour is, as WCAG reckons it."""
    parts = [part / 255 for part in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.looks
def test_pages_shut_nobody_out(page: Page, live_server: Any, job: Job) -> None:
    faults: dict[str, Any] = {}

    def look(name: str) -> None:
        page.wait_for_load_state()
        for scheme in ("light", "dark"):
            for size in SIZES.values():
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
                page.set_viewport_size(size)  # type: ignore[arg-type]
                wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
                found = AXE.run(page, None, OPTIONS).response["violations"]
                faults[f"{name} {scheme} {size['width']}"] = [
                    f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]
                ] + ["scrolls sideways"] * wide

    page.goto(f"{live_server.url}/jobs/")
    look("list")
    page.goto(f"{live_server.url}/jobs/{job.slug}/")
    look("job")
    apply(page, live_server.url)
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_role("alert")).to_contain_text("Tick the box to agree")
    look("form with errors")
    page.get_by_label("I have read this and agree.").check()
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    look("sent")
    link = Application.objects.select_related("status_link").get().status_link
    assert link is not None
    page.goto(f"{live_server.url}/status/{link_token(link)}/")
    look("status")
    page.get_by_role("link", name="Add a document").click()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the file.")
    look("document")
    page.get_by_role("link", name="Leave it as it is").click()
    page.get_by_role("link", name="Withdraw the application").click()
    expect(page.get_by_role("button", name="Withdraw the application")).to_be_visible()
    look("withdraw")

    assert {name: found for name, found in faults.items() if found} == {}
