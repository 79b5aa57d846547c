"""Hiring's pages in a real browser: nothing sticks out, nobody is shut out, choosing many works."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page, ViewportSize, expect

from accounts.models import Actor, User
from hiring.queries.reports import REPORTS
from tests.architecture.test_accessibility import what_is_too_wide
from tests.factories.documents import make_document_of
from tests.factories.hiring import make_application, make_read_file
from tests.hiring.pages.house import House, make_house, with_result

AXE = Axe()
# Unfold's own header and sidebar stand outside of landmarks; what our templates bring is all judged.
UPSTREAM = ("landmark-one-main", "region", "landmark-unique")
SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 900},
    "phone": {"width": 375, "height": 740},
}


@pytest.fixture
def full_house(transactional_db: None) -> House:
    house = make_house()
    make_document_of(house.application, pages=2, text="Ada")
    with_result(house, right=10, name="Pia Passed")
    with_result(house, right=1, name="María-José Fernández de la Reguera y Villanueva-Montenegro")
    return house


def _signed_in(page: Page, address: str, user: User) -> Page:
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": address} for name, cookie in client.cookies.items()]
    )
    return page


def _addresses(house: House) -> list[str]:
    person = house.application
    read = make_read_file(house.job, by=Actor.of_user(house.recruiter))
    return [
        "/admin/",
        "/admin/dashboard/",
        "/admin/waiting/below/",
        "/admin/needs-you/",
        "/admin/new-job/",
        "/admin/jobs/backend/",
        "/admin/jobs/backend/board/",
        "/admin/jobs/backend/settings/",
        "/admin/jobs/backend/stages/",
        "/admin/jobs/backend/form/",
        "/admin/jobs/backend/copy/",
        "/admin/jobs/backend/close/",
        "/admin/jobs/backend/add/",
        "/admin/jobs/backend/import/",
        f"/admin/jobs/backend/import/{read.public_id}/",
        "/admin/people/import/",
        "/admin/jobs/backend/results/",
        f"/admin/applications/{person.public_id}/",
        f"/admin/applications/{person.public_id}/hire/",
        f"/admin/people/{person.candidate.public_id}/",
        "/admin/pipelines/new/",
        "/admin/api-keys/new/",
    ]


@pytest.mark.looks
def test_pages_shut_nobody_out_in_the_dark_and_fit_their_screen(
    full_house: House, live_server: Any, page: Page
) -> None:
    # In light, every page of the shell is judged by tests/architecture/test_accessibility.py.
    _signed_in(page, live_server.url, full_house.recruiter)
    page.emulate_media(color_scheme="dark")
    found: dict[str, list[str]] = {}
    too_wide: dict[str, list[str]] = {}

    for address in _addresses(full_house):
        page.set_viewport_size(SIZES["desk"])
        page.goto(live_server.url + address)
        violations = AXE.run(page).response["violations"]
        own = [
            f"{violation['id']} {node['target']}"
            for violation in violations
            for node in violation["nodes"]
            if violation["id"] not in UPSTREAM
        ]
        if own:
            found[address] = own
        for size in SIZES.values():
            page.set_viewport_size(size)
            if wide := what_is_too_wide(page):
                too_wide[f"{address} at {size['width']}"] = wide

    assert found == {}
    assert too_wide == {}


@pytest.mark.looks
def test_tables_of_people_are_whole_on_a_phone_and_those_of_reports_on_a_desk(
    full_house: House, live_server: Any, page: Page
) -> None:
    _signed_in(page, live_server.url, full_house.recruiter)
    page.set_viewport_size(SIZES["phone"])
    cut: dict[str, list[str]] = {}

    def look(name: str) -> None:
        cut[name] = page.evaluate(
            """() => [...document.querySelectorAll(".table-scroll")]
                .filter((table) => !table.closest("details:not([open])") && table.scrollWidth > table.clientWidth)
                .map((table) => table.innerText.slice(0, 60))"""
        )

    for address in ("dashboard/", "reports/funnel/", "waiting/active/"):
        page.goto(f"{live_server.url}/admin/{address}")
        expect(page.locator(".table-scroll").last).to_be_attached()
        look(address)
    page.goto(f"{live_server.url}/admin/jobs/backend/")
    expect(page.get_by_role("link", name="Here for")).to_be_visible()
    look("job")
    page.get_by_label("Choose everybody on this page").check()
    page.get_by_role("button", name="Reject…").click()
    expect(page.get_by_role("heading", name="3 people will be rejected")).to_be_visible()
    look("reject")

    page.set_viewport_size(SIZES["desk"])
    for name in REPORTS:
        page.goto(f"{live_server.url}/admin/reports/{name}/?period=all")
        look(name)
    # Those of whom nobody's time ran out.
    expect(page.get_by_text("Nothing to count")).to_be_visible()

    assert {name: found for name, found in cut.items() if found} == {}


@pytest.mark.once
def test_choosing_many_counts_and_leads_to_the_preview(
    full_house: House, live_server: Any, page: Page
) -> None:
    make_application(full_house.job)
    _signed_in(page, live_server.url, full_house.recruiter)
    page.goto(f"{live_server.url}/admin/jobs/backend/")

    page.get_by_label("Choose everybody on this page").check()
    expect(page.locator("[data-pick-count]")).to_have_text("4 people chosen")
    page.get_by_label("Choose Nora Known").uncheck()
    expect(page.locator("[data-pick-count]")).to_have_text("3 people chosen")
    page.get_by_role("button", name="Invite to test").click()

    expect(page.get_by_role("heading", name="1 person gets a mail")).to_be_visible()
    expect(page.get_by_role("button", name="Send 1 invitation")).to_be_visible()


@pytest.mark.once
def test_pages_of_somebody_who_only_looks_have_no_troubles(
    full_house: House, live_server: Any, page: Page
) -> None:
    _signed_in(page, live_server.url, full_house.manager)

    for address in ("/admin/", "/admin/dashboard/", "/admin/jobs/backend/", "/admin/jobs/backend/results/"):
        page.goto(live_server.url + address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()

    # The fixture fails on anything that the console says.
    expect(page.get_by_label("Choose everybody on this page")).to_have_count(0)


@pytest.mark.once
def test_question_of_a_form_shows_what_fits_how_it_is_answered(
    full_house: House, live_server: Any, page: Page
) -> None:
    _signed_in(page, live_server.url, full_house.recruiter)
    page.goto(f"{live_server.url}/admin/jobs/backend/form/")
    kind = page.get_by_label("Answered by")
    parts = ("Answers to choose from", "Answers that ask for a second look", "Smallest number")

    seen = {}
    for chosen in ("text", "choice", "yes_no", "number"):
        kind.select_option(chosen)
        seen[chosen] = [page.get_by_label(part).is_visible() for part in parts]

    assert seen == {
        "text": [False, False, False],
        "choice": [True, True, False],
        "yes_no": [False, True, False],
        "number": [False, False, True],
    }


@pytest.mark.once
def test_filters_are_folded_on_a_phone_alone(full_house: House, live_server: Any, page: Page) -> None:
    _signed_in(page, live_server.url, full_house.recruiter)
    search = page.get_by_label("Name, email or words")

    seen = []
    for size in ("desk", "phone"):
        page.set_viewport_size(SIZES[size])
        page.goto(f"{live_server.url}/admin/jobs/backend/board/?late=on")
        seen.append(search.is_visible())
    page.get_by_text("Filters 1 set").click()

    assert seen == [True, False]
    expect(search).to_be_visible()
