"""A hiring manager's morning in a real browser: what waits, the numbers, the people behind them, a word about one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.office import RECRUITER, Office
from tests.journeys.walk import picture, sign_in

MANAGER, NAME = "faults.teodora@example.org", "Teodora Vance"
PAY = (61_457, 72_953)
WHY_MORE_TIME = "I am recovering from an operation on both eyes."
FOR_RECRUITERS = "Their present employer knows nothing of this."
HIDDEN = re.compile(r"\b61.?457\b|\b72.?953\b|operation on both eyes|employer knows nothing")
OF_PEOPLE = (("applications", "id"), ("people", "person"))


@pytest.fixture
def visited(page: Page) -> list[str]:
    """Every address that the browser was at, in the order in which it was."""
    addresses: list[str] = []
    page.on("framenavigated", lambda frame: addresses.append(frame.url))
    return addresses


def arrange(office: Office) -> dict[str, Any]:
    """A job with somebody whose invitation ran out, somebody who asked for more time, and two who wait for long."""
    desk = office.desk
    desk.join(email=MANAGER, name=NAME)
    job = desk.open_busy_job(
        title="Cartographer",
        recruiter=RECRUITER,
        manager=MANAGER,
        sends="",
        salary_min=PAY[0],
        salary_max=PAY[1],
        salary_currency="EUR",
        salary_period="year",
    )
    people = {}
    for name, days in (("Asha", 30), ("Bruno", 30), ("Chloe", 20), ("Dagny", 10)):
        people[name] = desk.add_person(
            job=job["slug"],
            name=f"{name} Lindholm",
            email=f"{name.lower()}.lindholm@example.net",
            days_ago=days,
            note=FOR_RECRUITERS if name == "Chloe" else "",
        )
    desk.invite_then(application=people["Asha"]["pk"], test=job["test"], days_ago=20)
    desk.invite_then(application=people["Bruno"]["pk"], test=job["test"], asks_for=WHY_MORE_TIME)
    return {"job": job, "people": people}


def assert_recruiter_reads_it(office: Office, arranged: dict[str, Any]) -> None:
    """What the manager is not to see is there to be seen."""
    job, people = arranged["job"]["slug"], arranged["people"]
    assert f'value="{PAY[0]}"' in office.visitor.get(f"/admin/jobs/{job}/settings/").text
    assert FOR_RECRUITERS in office.visitor.get(f"/admin/applications/{people['Chloe']['id']}/").text
    waiting = office.visitor.get("/admin/requests/").text
    request = re.search(r'href="(/admin/requests/\d+/)">Bruno Lindholm', waiting)
    assert request
    assert WHY_MORE_TIME in office.visitor.get(request[1]).text


def test_hiring_managers_morning_from_what_waits_to_a_recommendation(
    embedded_office: Office, page: Page, visited: list[str]
) -> None:
    office, system = embedded_office, embedded_office.system
    arranged = arrange(office)
    job, people = arranged["job"], arranged["people"]
    sign_in(page, system, MANAGER)

    # What waits.
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Teodora")
    picture(page, system, "manager-start")
    page.get_by_role("link", name=re.compile("Invitations that ran out")).click()
    row = page.get_by_role("row", name=re.compile("Asha Lindholm"))
    expect(row).to_contain_text("A recruiter of the job acts.")
    page.go_back()

    # The numbers, and the people behind one of them.
    page.locator(".page-actions").get_by_role("link", name="Dashboard").click()
    expect(page.locator("a.figure", has_text="Waiting too long")).to_contain_text("2")
    page.get_by_role("link", name="All reports").click()
    page.locator("main, #main").get_by_role("link", name="Ageing").first.click()
    count = page.get_by_role("row", name=re.compile("^Applied")).get_by_role("link").first
    expect(count).to_have_text("2")
    picture(page, system, "report-ageing")
    count.click()
    rows = page.get_by_role("rowheader")
    expect(rows).to_have_count(2)
    rows.get_by_role("link", name="Chloe Lindholm").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chloe Lindholm")

    # In the list of the job, from one to the next by the keyboard.
    page.locator(".page-lead").get_by_role("link", name="Cartographer").click()
    cells = page.locator("tbody .person-cell a")
    expect(cells).to_have_count(len(people))
    names = [name.strip() for name in cells.all_inner_texts()]
    assert sorted(names) == sorted(person["name"] for person in people.values())
    page.get_by_role("link", name=names[0]).click()
    for key, name in (("ArrowRight", names[1]), ("ArrowRight", names[2]), ("ArrowLeft", names[1])):
        # The script that hears the keys comes after the words of the page.
        page.wait_for_load_state()
        page.keyboard.press(key)
        expect(page.get_by_role("heading", level=1)).to_have_text(name)

    # A word about one of them: to a colleague, and for everybody who decides.
    page.get_by_label("Note", exact=True).fill("Knows our kind of maps. Shall we talk this week?")
    page.get_by_text("Tell colleagues of it").click()
    page.get_by_label("Lea Moreau").check()
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_text("Told: Lea Moreau")).to_be_visible()
    page.get_by_text("Say what you recommend").click()
    page.get_by_label("Go on with this person?").select_option(label="Strong yes")
    page.get_by_role("button", name="Save the recommendation").click()
    card = page.get_by_role("region", name="Recommendations")
    expect(card).to_contain_text(NAME)
    expect(card).to_contain_text("Strong yes")
    picture(page, system, "manager-application")
    told = office.visitor.get("/admin/notifications/").text
    assert f"{NAME} mentions you in a note about {names[1]}." in told

    # None of these pages says what managers may not know, nor do those that only recruiters have.
    visited += [
        f"{system.address}/admin/{kind}/{person[key]}/"
        for person in people.values()
        for kind, key in OF_PEOPLE
    ]
    texts = {address: page.request.get(address).text() for address in dict.fromkeys(visited)}
    for address in (
        f"{system.address}/admin/jobs/{job['slug']}/settings/",
        f"{system.address}/admin/requests/",
    ):
        answer = page.request.get(address)
        assert answer.status in (403, 404)
        texts[address] = answer.text()
    assert len(texts) > 15
    assert {address: HIDDEN.findall(text) for address, text in texts.items() if HIDDEN.search(text)} == {}
    assert_recruiter_reads_it(office, arranged)
