"""From the careers page into the pipeline: somebody applies, is sent a test by a stage, and is moved by the score."""

from __future__ import annotations

import re
from time import monotonic
from typing import Any

from playwright.sync_api import Browser, Locator, Page, expect

from hiring.rules.careers import QUICKEST_FORM
from rendering.pdf import write_pdf
from tests.journeys.office import RECRUITER, Office
from tests.journeys.walk import Candidate, new_page, picture, sign_in, until_shown
from tests.servers.processes import wait_until

NAME, EMAIL = "Wren Applegate", "wren.applegate@example.net"
QUESTIONS = 5


def resume(name: str) -> dict[str, Any]:
    """The file of a résumé, as a browser sends it."""
    line = {"kind": "paragraph", "runs": [{"text": "Seven years of services that are dull at night."}]}
    content = write_pdf(title=name, author=name, footer=name, blocks=[line])
    return {"name": "resume.pdf", "mimeType": "application/pdf", "buffer": content}


def apply(page: Page, office: Office, job: str) -> None:
    """Read about the job, fill in its form and send it."""
    page.goto(f"{office.system.address}/jobs/{job}/")
    page.get_by_role("link", name="Apply", exact=True).click()
    page.get_by_label("Your name").fill(NAME)
    # By now the form is there.
    shown = monotonic()
    page.get_by_label("Your email address").fill(EMAIL)
    page.get_by_label("Your résumé").set_input_files(resume(NAME))
    page.get_by_label("I have read this and agree.").check()
    # What comes back sooner than anybody can read is taken for a script's.
    wait_until(lambda: monotonic() - shown > QUICKEST_FORM.total_seconds(), what="a reader to be done")
    page.get_by_role("button", name="Send the application").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")


def test_applicant_of_the_careers_page_is_sent_a_test_by_a_stage_and_moved_by_the_score(
    embedded_office: Office, page: Page, browser: Browser
) -> None:
    office, system, desk = embedded_office, embedded_office.system, embedded_office.desk
    job = desk.open_busy_job(title="Lighthouse keeper", recruiter=RECRUITER, questions=QUESTIONS)
    phone = new_page(browser, viewport={"width": 375, "height": 740}, has_touch=True)
    apply(phone, office, job["slug"])

    # The recruiter finds the card on the board, and drags it to the stage that sends the test.
    sign_in(page, system, RECRUITER)
    page.goto(f"{system.address}/admin/jobs/{job['slug']}/board/")
    card = page.locator("[data-card]", has_text=NAME)
    card.drag_to(page.locator(f"[data-column='{job['stages']['Test']}']"))
    expect(page.locator("[data-board-words]")).to_contain_text(f"{NAME} is at “Test” now.")
    picture(page, system, "board-moved")
    card.get_by_role("link", name=NAME).click()
    resume_page = page.get_by_role("img", name=re.compile("^Page 1"))
    wait_until(lambda: reloaded(page, resume_page), what="the worker to read the résumé", seconds=60)
    desk.hurry_actions(job=job["slug"])
    invited = page.locator(".timeline li", has_text="Invited to the test")
    wait_until(lambda: reloaded(page, invited, "Kept here"), what="the mail with the test", seconds=60)
    picture(page, system, "application-with-resume")

    # The mail stayed on this machine; its link opens the test.
    invited.get_by_role("link", name="Kept here").click()
    link = page.locator("a.btn-primary[href*='/t/']").get_attribute("href")
    assert link
    wren = Candidate(phone, system, EMAIL, QUESTIONS)
    wren.start(link)
    for places in desk.right_places(email=EMAIL):
        wren.answer(places)
        wren.next()
    wren.submit()

    # The worker scores, and the rule of the stage moves them on.
    page.go_back()
    until_shown(page, "by the stage’s rule")
    expect(page.get_by_text("Moved from “Test” to “Interview”")).to_be_visible()
    page.goto(f"{system.address}/admin/jobs/{job['slug']}/board/")
    interview = page.locator(f"[data-column='{job['stages']['Interview']}']")
    expect(interview.locator("[data-card]", has_text=NAME)).to_contain_text(re.compile(r"100\s?%"))
    phone.context.close()


def reloaded(page: Page, wanted: Locator, words: str = "") -> bool:
    """Whether the page has what is wanted, with these words, once it is loaded anew."""
    page.reload()
    return wanted.filter(has_text=words).count() > 0
