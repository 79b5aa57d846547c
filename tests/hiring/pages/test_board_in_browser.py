"""Moving cards in a real browser: dragged, from the keyboard, against a colleague, without a network."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from hiring.models import Application
from tests.factories.hiring import make_application, move, stages
from tests.hiring.pages.house import House, make_house
from tests.hiring.pages.test_in_browser import _signed_in

BOARD = "/admin/jobs/backend/board/"
# The browser's own line about an answer that is no.
REFUSED = "Failed to load resource: the server responded with a status of 409 (Conflict)"


@pytest.fixture
def open_board(transactional_db: None, live_server: Any, page: Page) -> House:
    house = make_house()
    make_application(house.job, full_name="Olga Other")
    _signed_in(page, live_server.url, house.recruiter)
    page.goto(f"{live_server.url}{BOARD}")
    return house


def column(page: Page, house: House, stage: str) -> Locator:
    return page.locator(f"[data-column='{stages(house.job)[stage].pk}']")


def card(page: Page, application: Application) -> Locator:
    return page.locator(f"#card-{application.public_id}")


@pytest.mark.once
def test_card_is_dragged_to_another_stage(open_board: House, page: Page) -> None:
    house = open_board
    target = column(page, house, "Interview")

    card(page, house.application).drag_to(target)

    expect(page.get_by_text("Nora Known is at “Interview” now.")).to_be_visible()
    expect(target.locator("[data-card]")).to_have_count(1)
    expect(target.locator(".board-count")).to_have_text("1")
    expect(column(page, house, "Applied").locator(".board-count")).to_have_text("1")
    house.application.refresh_from_db()
    assert house.application.stage.name == "Interview"


@pytest.mark.once
def test_card_is_moved_from_the_keyboard_and_keeps_the_focus(open_board: House, page: Page) -> None:
    house = open_board
    own = card(page, house.application)

    own.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    # The stage that comes next is chosen already.
    expect(own.locator("select")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator("[data-board-words]")).to_contain_text("Nora Known is at “Test” now.")
    expect(column(page, house, "Test").locator("[data-card]")).to_be_focused()
    # And once more, with the version that the first move made.
    own.locator("summary").press("Enter")
    own.get_by_label("Stage for Nora Known").select_option("Interview")
    own.get_by_role("button", name="Move").press("Enter")
    expect(page.locator("[data-board-words]")).to_contain_text("Nora Known is at “Interview” now.")


@pytest.mark.once
def test_card_is_put_back_by_undo_on_the_open_board(
    open_board: House, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = open_board
    # A browser on a busy machine may need longer than the ten seconds between the two.
    monkeypatch.setattr("hiring.queries.undoing.UNDO_FOR", timedelta(minutes=10))
    monkeypatch.setattr("hiring.operations.undoing.UNDO_HEARD_FOR", timedelta(minutes=10))
    card(page, house.application).drag_to(column(page, house, "Interview"))
    expect(page.locator("[data-board-words]")).to_contain_text("Nora Known is at “Interview” now.")

    page.get_by_role("button", name="Undo").click()

    expect(page.locator("[data-board-words]")).to_contain_text("Nora Known is at “Applied” now.")
    expect(column(page, house, "Applied").locator("[data-card]")).to_have_count(2)
    expect(card(page, house.application)).to_be_focused()
    expect(column(page, house, "Interview").locator(".board-count")).to_have_text("0")
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    house.application.refresh_from_db()
    assert house.application.stage.name == "Applied"


def test_card_that_is_put_back_stands_where_its_column_has_it(
    open_board: House, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = open_board
    monkeypatch.setattr("hiring.queries.undoing.UNDO_FOR", timedelta(minutes=10))
    monkeypatch.setattr("hiring.operations.undoing.UNDO_HEARD_FOR", timedelta(minutes=10))
    make_application(house.job, full_name="Lena Longer", now=timezone.now() - timedelta(days=3))
    page.reload()
    names = column(page, house, "Applied").locator(".board-card-name")
    expect(names).to_have_count(3)
    usual = names.all_inner_texts()

    for name in usual:
        application = Application.objects.get(candidate__full_name=name, job=house.job)
        card(page, application).drag_to(column(page, house, "Interview"))
        expect(names).to_have_text([other for other in usual if other != name])
        expect(page.locator("[data-board-words]")).to_contain_text("is at “Interview” now.")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator("[data-board-words]")).to_contain_text("is at “Applied” now.")
        expect(names).to_have_text(usual)

    page.reload()
    expect(names).to_have_text(usual)


def test_case_80_parallel_move_shows_the_card_where_the_colleague_put_it(
    open_board: House, page: Page
) -> None:
    house = open_board
    page.expected_troubles.add(REFUSED)  # type: ignore[attr-defined]
    move(house.application, "Test")

    card(page, house.application).drag_to(column(page, house, "Interview"))

    expect(page.locator("[data-board-words]")).to_contain_text("was moved to “Test”")
    expect(column(page, house, "Test").locator("[data-card]")).to_have_count(1)
    expect(column(page, house, "Interview").locator("[data-card]")).to_have_count(0)
    house.application.refresh_from_db()
    assert house.application.stage.name == "Test"


@pytest.mark.once
def test_card_goes_back_to_its_place_when_the_server_is_away(open_board: House, page: Page) -> None:
    house = open_board
    before = (
        column(page, house, "Applied").locator("[data-card]").evaluate_all("cards => cards.map(c => c.id)")
    )
    # A server that is being restarted: an answer, and not ours.
    page.route("**/board/move/**", lambda route: route.fulfill(status=200, body="<p>Starting</p>"))

    card(page, house.application).drag_to(column(page, house, "Interview"))

    expect(page.locator("[data-board-words]")).to_contain_text("The move was not saved")
    after = (
        column(page, house, "Applied").locator("[data-card]").evaluate_all("cards => cards.map(c => c.id)")
    )
    assert after == before
    house.application.refresh_from_db()
    assert house.application.stage.name == "Applied"


@pytest.mark.once
def test_more_cards_come_without_a_new_page_and_can_be_moved(open_board: House, page: Page) -> None:
    house = open_board
    for number in range(20):
        make_application(house.job, full_name=f"Many {number}")
    page.reload()
    applied = column(page, house, "Applied")
    expect(applied.locator("[data-card]")).to_have_count(20)

    applied.get_by_role("link", name="Show more").click()

    expect(applied.locator("[data-card]")).to_have_count(22)
    expect(applied.locator("[data-card]").nth(20)).to_be_focused()
    last = applied.locator("[data-card]").last
    expect(last).to_have_attribute("draggable", "true")


@pytest.mark.once
def test_numbers_above_the_board_on_a_phone_follow_a_move(open_board: House, page: Page) -> None:
    house = open_board
    page.set_viewport_size({"width": 375, "height": 740})
    jumps = page.get_by_role("navigation", name="Stages")
    expect(jumps.get_by_role("link")).to_have_text(["Applied 2", "Test 0", "Interview 0"])
    own = card(page, house.application)

    own.locator("summary").click()
    own.get_by_label("Stage for Nora Known").select_option("Interview")
    own.get_by_role("button", name="Move").click()

    expect(page.locator("[data-board-words]")).to_contain_text("Nora Known is at “Interview” now.")
    expect(jumps.get_by_role("link")).to_have_text(["Applied 1", "Test 0", "Interview 1"])


@pytest.mark.once
def test_whom_a_filter_finds_at_the_last_stage_is_in_sight(open_board: House, page: Page) -> None:
    house = open_board
    move(house.application, "Interview")
    page.set_viewport_size({"width": 1000, "height": 800})
    page.goto(f"{page.url}?q=nora")
    found = card(page, house.application)

    expect(page.get_by_text("1 person matches the filter")).to_be_visible()
    # The column is in sight; a card at the lower edge may go on below it.
    expect(found.get_by_role("heading")).to_be_in_viewport(ratio=1)
    # Stages without anybody are still there to drop a card on.
    found.drag_to(column(page, house, "Applied"))
    expect(page.locator("[data-board-words]")).to_contain_text("Nora Known is at “Applied” now.")
    page.set_viewport_size({"width": 375, "height": 740})
    expect(column(page, house, "Applied")).to_be_visible()
    expect(column(page, house, "Test")).to_be_hidden()
