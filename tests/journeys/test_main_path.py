"""The whole way in a real browser against the real processes, in both modes: from a job to a moved application."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.walk import (
    Candidate,
    get_json,
    handbook_picture,
    hire_colleagues,
    new_page,
    picture,
    right_answers,
    sign_in,
    until_shown,
)
from tests.servers.processes import RunningSystem, wait_until

RECRUITER = "noor@example.org"
MANAGER = "mateo@example.org"
PEOPLE = """name,email,phone
Amara Okafor,amara@example.net,
Jiho Park,jiho@example.net,+82 2 000 0000
Bruno Álvarez,bruno@example.net,
"""


@pytest.fixture
def recruiter(browser: Browser, running_system: RunningSystem) -> Iterator[Page]:
    """A recruiter who has signed in, on a system with the starter bank and colleagues of its own."""
    running_system.manage("seed_starter_content", "--json")
    suffix = running_system.mode
    hire_colleagues(
        running_system,
        (f"{suffix}.{RECRUITER}", "Noor Haddad", ["recruiter"]),
        (f"{suffix}.{MANAGER}", "Mateo Silva", []),
    )
    page = new_page(browser)
    sign_in(page, running_system, f"{suffix}.{RECRUITER}")
    yield page
    page.context.close()


def open_job(page: Page, system: RunningSystem, title: str) -> str:
    """Open a job through its form and return its address."""
    page.goto(system.address + "/admin/new-job/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Department").fill("Engineering")
    page.get_by_label("Hiring manager").select_option(label="Mateo Silva")
    page.get_by_label("Test for the stage").select_option(label="Flask")
    picture(page, system, "new-job")
    page.get_by_role("button", name="Open the job").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url


def import_people(page: Page, job: str, system: RunningSystem) -> None:
    """Bring people in from a file: checked first, then for real."""
    page.goto(job + "import/")
    page.locator("input[type=file]").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": PEOPLE.encode()}
    )
    page.get_by_role("button", name="Read the file").click()
    page.locator("#work-state").wait_for()
    wait_until(lambda: work_is_done(page), what="the reading of the file", seconds=60, every=0.3)
    page.locator("#work-state a.btn-primary").click()
    page.get_by_role("button", name="Check the file").click()
    page.locator("#work-state").wait_for()
    wait_until(lambda: work_is_done(page), what="the check of the file", seconds=60, every=0.3)
    page.locator("#work-state a.btn-primary").click()
    picture(page, system, "import-checked")
    handbook_picture(page, "import-checked")
    page.get_by_role("button", name="Import 3 people").click()
    page.locator("#work-state", has_not_text="Import 3 people").wait_for()
    wait_until(lambda: work_is_done(page), what="the import", seconds=60, every=0.3)


def work_is_done(page: Page) -> bool:
    page.reload()
    return page.get_by_text("Done", exact=True).first.is_visible()


def move_everyone_to_test(page: Page, job: str) -> None:
    page.goto(job)
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="Move to").click()
    page.get_by_label("Move to").select_option(label="Test")
    page.get_by_role("button", name=re.compile("^Move 3")).click()


def invite_everyone(page: Page, job: str, system: RunningSystem) -> None:
    page.goto(job)
    page.locator("[data-pick-all]").check()
    page.get_by_role("button", name="Invite to test").click()
    expect(page.get_by_text("3 people get a mail")).to_be_visible()
    picture(page, system, "invite-preview")
    handbook_picture(page, "invite-preview")
    page.get_by_role("button", name="Send 3 invitations").click()
    expect(page).to_have_url(re.compile("/admin/work/"))
    wait_until(lambda: work_is_done(page), what="the invitations", seconds=60, every=0.3)
    picture(page, system, "invited")


def mailed_link(page: Page, system: RunningSystem, address: str) -> str:
    """The link in the mail to `address`: from the mail box in the shell, or from what the mail server got."""
    if system.smtp is not None:
        mail = wait_until(lambda: system.smtp.to(address), what=f"a mail to {address}", seconds=60)
        found = re.search(rf"{re.escape(system.address)}/t/\S+/", mail[0].get_body(("plain",)).get_content())
        assert found
        return found[0]
    page.goto(f"{system.address}/admin/mail/?q={address.split('@')[0]}")
    until_shown(page, "Kept here")
    page.locator("table.data-table a").first.click()
    picture(page, system, "mail")
    handbook_picture(page, "mail")
    link = page.locator("a.btn-primary[href*='/t/']").get_attribute("href")
    assert link
    return link


def test_main_path_from_a_job_to_a_moved_application(
    running_system: RunningSystem, recruiter: Page, browser: Browser
) -> None:
    system = running_system
    if system.smtp is not None:
        system.smtp.reset()
    picture(recruiter, system, "start")
    job = open_job(recruiter, system, "Flask developer, journeys")
    import_people(recruiter, job, system)
    move_everyone_to_test(recruiter, job)
    invite_everyone(recruiter, job, system)

    # A candidate with a phone and no account answers everything right, changing devices half way.
    link = mailed_link(recruiter, system, "amara@example.net")
    phone = new_page(browser, viewport={"width": 375, "height": 740}, has_touch=True)
    amara = Candidate(phone, system, "amara@example.net")
    amara.start(link)
    picture(phone, system, "question-phone")
    handbook_picture(phone, "question-phone")
    answers = right_answers(system, amara.email)
    for place in range(1, 13):
        amara.answer(answers[place])
        amara.next()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Question 13 of 25")

    desk = new_page(browser, color_scheme="dark")
    amara = Candidate(desk, system, amara.email)
    desk.goto(link)
    # Reading a page leaves no trace, so the last answered question is where they were.
    expect(desk.get_by_role("heading", level=1)).to_have_text("Question 12 of 25")
    amara.next()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Question 13 of 25")
    for place in range(13, 26):
        amara.answer(answers[place])
        if place == 20:
            picture(desk, system, "question-dark")
        amara.next()
    expect(desk.get_by_text("25 of 25 answered")).to_be_visible()
    picture(desk, system, "overview-dark")
    amara.submit()

    # Somebody who answers nothing hands in after being asked once.
    empty = new_page(browser, java_script_enabled=False)
    jiho = Candidate(empty, system, "jiho@example.net")
    jiho.start(mailed_link(recruiter, system, jiho.email))
    empty.get_by_role("button", name="Overview").click()
    empty.get_by_role("button", name="Submit my answers").click()
    expect(empty.get_by_text("25 questions")).to_be_visible()
    empty.get_by_role("button", name="Submit anyway").click()
    empty.wait_for_url("**/finished/")

    # The worker scores; who passed moves on, who did not stays before a person.
    recruiter.goto(job)
    until_shown(recruiter, re.compile(r"100\s?%"))
    picture(recruiter, system, "job-scored")
    until_shown(recruiter, "Below the line")
    assert stage_of(recruiter, "Amara Okafor") == "Interview"
    assert stage_of(recruiter, "Jiho Park") == "Test"
    recruiter.get_by_role("link", name="Amara Okafor").click()
    expect(recruiter.get_by_role("heading", level=1)).to_contain_text("Amara Okafor")
    picture(recruiter, system, "application")

    # The hiring manager sees their own jobs and nothing else.
    manager = new_page(browser)
    sign_in(manager, system, f"{system.mode}.{MANAGER}")
    manager.goto(system.address + "/admin/dashboard/")
    for text in ("Flask developer, journeys", "Amara Okafor"):
        expect(manager.get_by_text(text).locator("visible=true").first).to_be_visible()
    picture(manager, system, "dashboard")

    # A program reads the same through the API.
    key = make_key(recruiter, system)
    slug = job.rstrip("/").rpartition("/")[2]
    applications = get_json(system, f"applications/?job={slug}", key)
    stages = {row["candidate"]["full_name"]: row["stage"] for row in applications["results"]}
    assert stages == {"Amara Okafor": "Interview", "Jiho Park": "Test", "Bruno Álvarez": "Test"}
    scores = get_json(system, "scores/?assessment=flask", key)
    percents = {row["candidate"]["full_name"]: float(row["percent"]) for row in scores["results"]}
    assert percents["Amara Okafor"] == 100
    assert percents["Jiho Park"] == 0
    report = get_json(system, f"reports/pipeline/?job={slug}", key)
    (of_job,) = [each for each in report["jobs"] if each["job"] == slug]
    assert {each["name"]: each["active"] for each in of_job["stages"]}["Interview"] == 1

    added = get_json(
        system, "applications/", key, {"job": slug, "full_name": "Wen Li", "email": "wen@example.net"}
    )
    invited = get_json(system, f"applications/{added['id']}/invitations/", key, {"assessment": "flask"})
    assert invited["state"] == "invited"
    assert mailed_link(recruiter, system, "wen@example.net")


def stage_of(page: Page, name: str) -> str:
    row = page.locator("tr", has=page.get_by_role("link", name=name))
    return row.locator(".stage-cell").inner_text().split("\n")[0].strip()


def make_key(page: Page, system: RunningSystem) -> str:
    page.goto(system.address + "/admin/api-keys/new/")
    page.get_by_label("Name").fill("Journey")
    for box in page.locator("input[name=scopes]").all():
        box.check()
    page.get_by_role("button", name="Make the key").click()
    return page.locator("code.secret").inner_text().strip()
