"""Two windows of one test in a real browser, and a network that goes: nothing is lost, and each page says so."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.assessments.taking.places import Place
from tests.assessments.taking.test_browser import (
    broken,
    go_to,
    is_saved,
    open_link,
    picture,
    seat,  # noqa: F401 -- a fixture
    start,
    violations,
)
from tests.servers.processes import wait_until

ELSEWHERE = "This test is open in another window."
OFFLINE = "Failed to load resource: net::ERR_INTERNET_DISCONNECTED"


def option(page: Page, number: int) -> None:
    page.locator(".option label").nth(number).click()


def code_at(seat: Place, place: int) -> str:  # noqa: F811
    return str(seat.row(1).option_order[place])


def begin(page: Page, seat: Place) -> None:  # noqa: F811
    """Start the test, and wait until its window has said that it goes on there: a window that says so later wins."""
    start(page, seat)
    wait_until(lambda: seat.attempt.tab_id is not None, what="the first window's name")


@pytest.fixture
def phone(browser: Browser) -> Page:
    """Another device, with a profile of its own."""
    context = browser.new_context(viewport={"width": 375, "height": 740})
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def test_case_48_two_tabs_the_later_one_goes_on_and_the_first_says_so(seat: Place, page: Page) -> None:  # noqa: F811
    begin(page, seat)
    other = page.context.new_page()

    go_to(other, seat, "question/1/")

    expect(page.get_by_text(ELSEWHERE)).to_be_visible()
    expect(page.locator("input[name=answer]").first).to_be_disabled()
    expect(other.get_by_text(ELSEWHERE)).to_be_hidden()
    picture(page, "elsewhere")
    assert violations(page) == []
    option(other, 1)
    is_saved(other)
    page.get_by_role("button", name="Continue here").click()
    expect(page.locator("input[name=answer]").nth(1)).to_be_checked()
    expect(page.locator("input[name=answer]").nth(1)).to_be_enabled()
    expect(other.get_by_text(ELSEWHERE)).to_be_visible()


def test_case_48_two_tabs_the_first_asks_slowly_and_the_later_one_goes_on_all_the_same(
    seat: Place,  # noqa: F811
    page: Page,
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/here/", hold)
    with page.expect_request("**/here/"):
        start(page, seat)
    other = page.context.new_page()
    go_to(other, seat, "question/1/")
    expect(page.get_by_text(ELSEWHERE)).to_be_visible()
    later = seat.attempt.tab_id

    with other.expect_response("**/here/"):
        held[0].continue_()

    wait_until(lambda: seat.attempt.tab_id == later, what="the later window's name")
    expect(page.get_by_text(ELSEWHERE)).to_be_visible()
    expect(other.get_by_text(ELSEWHERE)).to_be_hidden()


def test_case_48_two_devices_the_first_says_so_when_it_is_looked_at(
    seat: Place,  # noqa: F811
    page: Page,
    phone: Page,
) -> None:
    begin(page, seat)
    first = seat.attempt.tab_id

    open_link(phone, seat)

    wait_until(lambda: seat.attempt.tab_id != first, what="the second window's name")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text(ELSEWHERE)).to_be_visible()
    expect(phone.get_by_text(ELSEWHERE)).to_be_hidden()
    option(phone, 2)
    is_saved(phone)
    assert seat.row(1).answer == [code_at(seat, 2)]


def test_case_48_what_the_first_window_had_not_sent_is_sent_and_asked_about(
    seat: Place,  # noqa: F811
    page: Page,
    phone: Page,
) -> None:
    begin(page, seat)
    mend = broken(page, seat)
    page.expected_troubles.add(
        "Failed to load resource: the server responded with a status of 409 (Conflict)"
    )  # type: ignore[attr-defined]
    option(page, 0)
    expect(page.locator("#saved")).to_have_text("Not saved yet: trying again")
    open_link(phone, seat)
    option(phone, 1)
    is_saved(phone)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.get_by_text(ELSEWHERE)).to_be_visible()

    mend()

    expect(page.locator("#conflict")).to_be_visible()
    expect(page.locator("#saved")).to_have_text("Not saved: changed in another window")
    assert seat.row(1).answer == [code_at(seat, 1)]
    expect(phone.get_by_text(ELSEWHERE)).to_be_hidden()
    page.get_by_role("button", name="Continue here").click()
    expect(page.get_by_text(ELSEWHERE)).to_be_hidden()
    expect(page.locator(".stored-elsewhere:visible")).to_have_count(1)
    picture(page, "conflict")
    assert violations(page) == []
    page.get_by_role("button", name="Keep my choice").click()
    is_saved(page)
    assert seat.row(1).answer == [code_at(seat, 0)]


def test_a_doubled_window_is_told_from_its_twin(seat: Place, page: Page) -> None:  # noqa: F811
    begin(page, seat)
    wait_until(lambda: seat.attempt.tab_id is not None, what="the window's name")
    twin = page.context.new_page()
    # What a browser does that doubles a tab: everything that the tab kept comes along.
    kept = page.evaluate("Object.entries(sessionStorage)")
    twin.add_init_script(
        f"for (const [key, value] of {kept!r}) sessionStorage.getItem(key) || sessionStorage.setItem(key, value);"
    )

    go_to(twin, seat, "question/1/")

    expect(page.get_by_text(ELSEWHERE)).to_be_visible()
    expect(twin.get_by_text(ELSEWHERE)).to_be_hidden()


def test_moving_within_one_window_asks_nobody(seat: Place, page: Page) -> None:  # noqa: F811
    said: list[str] = []
    page.on("request", lambda request: said.append(request.url) if request.url.endswith("/here/") else None)
    begin(page, seat)
    wait_until(lambda: seat.attempt.tab_id is not None, what="the window's name")

    for number in (2, 3, 4):
        page.get_by_role("button", name="Next", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Question {number} of 4")

    expect(page.get_by_text(ELSEWHERE)).to_be_hidden()
    assert len(said) == 1


# --- A network that goes ---------------------------------------------------------------------------------------


@pytest.fixture
def network(page: Page) -> BrowserContext:
    """The browser's network, to be taken away; what the console says of it is expected."""
    page.expected_troubles.add(OFFLINE)  # type: ignore[attr-defined]
    return page.context


@pytest.mark.once
def test_moving_without_a_network_keeps_the_page_and_goes_on_when_it_is_back(
    seat: Place,  # noqa: F811
    page: Page,
    network: BrowserContext,
) -> None:
    # So low that whoever presses Next does not see the beginning of the question any more.
    page.set_viewport_size({"width": 375, "height": 420})
    begin(page, seat)
    option(page, 1)
    is_saved(page)
    network.set_offline(True)

    page.get_by_role("button", name="Next", exact=True).click()

    expect(page.locator("#note")).to_contain_text("No connection. Your answers are kept here")
    expect(page.locator("#note")).to_be_in_viewport(ratio=0.9)
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 1 of 4")
    picture(page, "offline")
    assert violations(page) == []
    network.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 2 of 4")


@pytest.mark.once
def test_choices_without_a_network_queue_and_the_last_one_counts(
    seat: Place,  # noqa: F811
    page: Page,
    network: BrowserContext,
) -> None:
    begin(page, seat)
    network.set_offline(True)
    for number in (0, 1, 2):
        option(page, number)
    expect(page.locator("#saved")).to_have_text("Not saved yet: trying again")
    chosen = page.eval_on_selector_all(
        "input[name=answer]:checked", "inputs => inputs.map(input => input.value)"
    )
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("#note")).to_contain_text("you move on as soon as it is saved")
    assert seat.row(1).answer == []

    network.set_offline(False)

    expect(page.get_by_role("heading", level=1)).to_have_text("Question 2 of 4")
    assert sorted(seat.places(1, seat.row(1).answer)) == chosen


@pytest.mark.once
def test_submit_without_a_network_waits_for_it(
    seat: Place,  # noqa: F811
    page: Page,
    network: BrowserContext,
) -> None:
    begin(page, seat)
    for position in range(1, 5):
        seat.enter()
        seat.save(position, ["a"])
    go_to(page, seat, "overview/")
    expect(page.get_by_role("timer")).to_have_text(re.compile("left$"))
    network.set_offline(True)

    page.get_by_role("button", name="Submit my answers").click()

    expect(page.locator("#note")).to_contain_text("you submit as soon as it is back")
    assert seat.attempt.state == "in_progress"
    network.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your test is finished")
    assert seat.attempt.state == "submitted"


@pytest.mark.once
def test_links_of_the_overview_wait_for_the_network(
    seat: Place,  # noqa: F811
    page: Page,
    network: BrowserContext,
) -> None:
    begin(page, seat)
    go_to(page, seat, "overview/")
    network.set_offline(True)

    page.get_by_role("link", name="Question 3").click()

    expect(page.locator("#note")).to_contain_text("you move on as soon as it is back")
    network.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 3 of 4")


@pytest.mark.once
def test_an_answer_outlives_a_browser_that_was_closed_without_a_network(
    seat: Place,  # noqa: F811
    page: Page,
    network: BrowserContext,
) -> None:
    begin(page, seat)
    network.set_offline(True)
    option(page, 2)
    expect(page.locator("#saved")).to_have_text("Not saved yet: trying again")
    # A crash asks nobody.
    page.close(run_before_unload=False)
    network.set_offline(False)

    again = network.new_page()
    open_link(again, seat)

    is_saved(again)
    wait_until(lambda: seat.row(1).answer != [], what="the answer that waited")
    expect(again.locator("input[name=answer]").nth(2)).to_be_checked()
