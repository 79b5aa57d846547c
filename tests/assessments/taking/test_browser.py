"""The pages of a test in a real browser: what no look at the bytes can show."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from accounts.models import Actor
from assessments.models import Attempt
from assessments.operations import add_time
from tests.assessments.taking.places import Place, make_place
from tests.servers.processes import wait_until

SIZES = {"desk": {"width": 1280, "height": 900}, "phone": {"width": 375, "height": 740}}
AXE = Axe()


@pytest.fixture
def seat(live_server, page: Page) -> Place:
    """A person with an invitation in front of a real browser; `seat.home` is where the site is."""
    place = make_place()
    place.home = live_server.url  # type: ignore[attr-defined]
    page.set_default_timeout(10_000)
    return place


def open_link(page: Page, seat: Place) -> None:
    page.goto(f"{seat.home}/t/{seat.token}/")  # type: ignore[attr-defined]


def press_start(page: Page, seat: Place) -> None:
    open_link(page, seat)
    page.get_by_label("I have read this and agree.").check()
    page.get_by_role("button", name="Start the test").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 1 of 4")


def start(page: Page, seat: Place) -> None:
    """Press Start and wait for the script: after that nothing moves under the pointer any more."""
    press_start(page, seat)
    expect(page.locator("#timer")).to_have_text(re.compile(r"\d left$"))


def go_to(page: Page, seat: Place, rest: str) -> None:
    page.goto(seat.home + seat.url(rest))  # type: ignore[attr-defined]


def position_with_code(seat: Place) -> int:
    rows = seat.attempt.questions.select_related("question_version")
    return next(row.position for row in rows if "GET /hello" in row.question_version.stem)


def is_saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text("All is saved")


def violations(page: Page) -> list[str]:
    found = AXE.run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def picture(page: Page, name: str) -> None:
    """Keep a picture for people to look at, where somebody asked for pictures."""
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_an_outage_at_the_end_keeps_what_is_unsent_until_the_server_answers(seat: Place, page: Page) -> None:
    trouble = "Failed to load resource: the server responded with a status of 503 (Service Unavailable)"
    page.expected_troubles.add(trouble)  # type: ignore[attr-defined]
    outage = re.compile(r"/(save|clock|submit)/$")
    start(page, seat)
    shorten(seat, 6)
    page.reload()
    page.route(outage, lambda route: route.fulfill(status=503, body="The database is away."))
    page.locator(".option label").nth(1).click()
    expect(page.locator("#note")).to_contain_text("The time is over")
    with page.expect_response(lambda response: response.url.endswith("/clock/")):
        add_time(attempt=seat.attempt, seconds=600, reason="An outage", by=Actor.system(), now=timezone.now())

    page.unroute(outage)

    is_saved(page)
    expect(page.locator("#note")).to_be_hidden()
    assert seat.row(1).answer == [seat.row(1).option_order[1]]
    assert seat.attempt.state == "in_progress"


@pytest.mark.looks
def test_pages_have_no_accessibility_faults_in_light_and_dark_and_on_a_phone(seat: Place, page: Page) -> None:
    faults: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for scheme in ("light", "dark"):
            # Colours that are on their way from light to dark are neither.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for size, viewport in SIZES.items():
                page.set_viewport_size(viewport)
                found = violations(page)
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    found.append("the page is wider than the screen")
                if found:
                    faults[f"{name}, {scheme}, {size}"] = found
                picture(page, f"{name}-{scheme}-{size}")

    page.goto(f"{seat.home}/t/wrong/")
    look("dead-link")
    page.goto(f"{seat.home}/test/unknown/")
    look("open-again")
    page.troubles.clear()  # type: ignore[attr-defined]  # the two pages are answers 404
    open_link(page, seat)
    look("briefing")
    for fold in page.locator(".fold > summary").all():
        fold.click()
    look("briefing-unfolded")
    page.get_by_role("link", name="Try a practice question").click()
    page.locator(".option label").nth(0).click()
    look("practice")
    start(page, seat)
    page.get_by_role("radio" if seat.position_of("single") == 1 else "checkbox").nth(1).check()
    is_saved(page)
    look("question")
    go_to(page, seat, f"question/{position_with_code(seat)}/")
    page.get_by_role("button", name="Flag", exact=True).click()
    expect(page.get_by_role("button", name="Flag", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_text("Report a problem with this question").click()
    look("question-code")
    go_to(page, seat, "overview/")
    look("overview")
    page.get_by_role("button", name="Submit my answers").click()
    expect(page.get_by_role("alert")).to_contain_text("Submit all the same?")
    look("overview-asks")
    page.get_by_role("button", name="Submit anyway").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your test is finished")
    look("finished")

    assert faults == {}


def test_a_choice_is_saved_at_once_without_leaving_the_page(seat: Place, page: Page) -> None:
    start(page, seat)
    address = page.url

    page.locator(".option label").nth(2).click()

    is_saved(page)
    assert page.url == address
    assert seat.row(1).answer == [seat.row(1).option_order[2]]


@pytest.mark.once
def test_a_choice_made_before_the_scripts_came_is_saved_by_them(seat: Place, page: Page) -> None:
    start(page, seat)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/taking/test.js", hold)
    page.goto(page.url, wait_until="commit")
    page.locator(".option label").nth(2).click()
    expect(page.locator("input[name=answer]").nth(2)).to_be_checked()
    assert seat.row(1).answer == []

    held[0].continue_()

    wait_until(lambda: seat.row(1).answer == [seat.row(1).option_order[2]], what="the early choice")


@pytest.mark.once
def test_options_with_code_are_read_out_with_their_code(seat: Place, page: Page) -> None:
    start(page, seat)
    go_to(page, seat, f"question/{position_with_code(seat)}/")

    expect(page.get_by_role("radio", name=re.compile("return 'Hello Ada'"))).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("return None"))).to_be_visible()


@pytest.mark.once
def test_the_heading_has_the_focus_after_moving_and_the_title_tells_the_place(
    seat: Place, page: Page
) -> None:
    start(page, seat)

    page.get_by_role("button", name="Next", exact=True).click()

    expect(page.get_by_role("heading", name="Question 2 of 4")).to_be_focused()
    expect(page).to_have_title(re.compile("^Question 2 of 4"))


@pytest.mark.once
def test_enter_on_a_choice_moves_on(seat: Place, page: Page) -> None:
    start(page, seat)
    # The script begins by reading out where one is.
    expect(page.locator("#heading")).to_be_focused()
    page.locator("input[name=answer]").first.focus()

    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Question 2 of 4")


def test_reload_and_a_second_browser_go_on_where_the_person_was(
    seat: Place, page: Page, browser: Browser
) -> None:
    start(page, seat)
    page.get_by_role("button", name="Next", exact=True).click()
    page.locator(".option label").nth(1).click()
    is_saved(page)

    page.reload()

    expect(page.locator("input[name=answer]").nth(1)).to_be_checked()
    context = browser.new_context()
    second = context.new_page()
    open_link(second, seat)
    expect(second.get_by_role("heading", level=1)).to_have_text("Question 2 of 4")
    expect(second.locator("input[name=answer]").nth(1)).to_be_checked()
    context.close()


def broken(page: Page, seat: Place) -> Callable[[], None]:
    """Cut the way to the server for saves; calling the result mends it."""
    pattern = re.compile(r"/save/$")
    # Each failed request is an error in the console, and may come there after the way is mended.
    page.expected_troubles.add("Failed to load resource: net::ERR_FAILED")  # type: ignore[attr-defined]
    page.route(pattern, lambda route: route.abort())

    def mend() -> None:
        page.unroute(pattern)

    return mend


def test_a_save_that_fails_is_said_kept_and_sent_again(seat: Place, page: Page) -> None:
    start(page, seat)
    mend = broken(page, seat)

    page.locator(".option label").nth(1).click()

    expect(page.locator("#saved")).to_have_text("Not saved yet: trying again")
    picture(page, "not-saved")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("#note")).to_contain_text("you move on as soon as it is saved")
    assert seat.row(1).answer == []
    mend()
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 2 of 4")
    assert seat.row(1).answer == [seat.row(1).option_order[1]]


def test_an_unsent_answer_survives_the_tab_and_is_sent_from_the_next_page(seat: Place, page: Page) -> None:
    start(page, seat)
    mend = broken(page, seat)
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".option label").nth(1).click()
    expect(page.locator("#saved")).to_have_text("Not saved yet: trying again")
    go_to(page, seat, "question/1/")
    expect(page.locator("input[name=answer]").nth(1)).to_be_checked()
    mend()

    go_to(page, seat, "overview/")

    expect(page.get_by_text("1 of 4 answered.")).to_be_visible()
    assert seat.row(1).answer == [seat.row(1).option_order[1]]


def test_submit_waits_for_what_is_not_sent_yet(seat: Place, page: Page) -> None:
    start(page, seat)
    for position in range(2, 5):
        seat.enter()
        seat.save(position, ["a"])
    mend = broken(page, seat)
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".option label").nth(0).click()
    expect(page.locator("#saved")).to_have_text("Not saved yet: trying again")
    go_to(page, seat, "overview/")
    page.get_by_role("button", name="Submit my answers").click()
    expect(page.locator("#note")).to_contain_text("sent first, then you submit")
    assert seat.attempt.state == "in_progress"
    mend()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your test is finished")
    assert seat.row(1).answer == [seat.row(1).option_order[0]]


@pytest.mark.once
def test_the_tab_warns_before_it_closes_only_while_something_is_unsent(seat: Place, page: Page) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    start(page, seat)
    page.locator(".option label").nth(1).click()
    is_saved(page)
    page.reload()
    assert asked == []
    mend = broken(page, seat)
    page.locator(".option label").nth(2).click()
    expect(page.locator("#saved")).to_have_text("Not saved yet: trying again")

    page.reload()

    assert asked == ["beforeunload"]
    mend()


def test_a_choice_can_be_cleared(seat: Place, page: Page) -> None:
    start(page, seat)
    go_to(page, seat, f"question/{seat.position_of('single')}/")
    page.locator(".option label").nth(1).click()
    is_saved(page)

    page.get_by_role("button", name="Clear my choice").click()

    is_saved(page)
    wait_until(lambda: seat.row(seat.position_of("single")).answer == [], what="the cleared answer")
    expect(page.locator("input[name=answer]:checked")).to_have_count(0)


@pytest.mark.once
def test_the_time_is_the_servers_and_can_be_hidden(seat: Place, page: Page) -> None:
    # A browser whose own clock is a year off.
    page.add_init_script("const now = Date.now; Date.now = () => now() - 365 * 24 * 3600 * 1000;")
    start(page, seat)

    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^(40:00|39:5\d) left$"))
    page.get_by_role("button", name="Hide time").click()
    expect(page.get_by_role("timer")).to_be_hidden()
    page.reload()
    expect(page.get_by_role("timer")).to_be_hidden()
    page.get_by_role("button", name="Show time").click()
    expect(page.get_by_role("timer")).to_be_visible()


def shorten(seat: Place, seconds: int) -> None:
    attempt = seat.attempt
    end = timezone.now() + timedelta(seconds=seconds)
    Attempt.objects.filter(pk=attempt.pk).update(deadline_at=end)


def test_the_last_minute_is_announced_and_the_end_hands_in(seat: Place, page: Page) -> None:
    start(page, seat)
    page.locator(".option label").nth(1).click()
    is_saved(page)
    shorten(seat, 63)
    page.reload()
    expect(page.get_by_role("timer")).not_to_have_class(re.compile("is-last-minute"))
    expect(page.locator("#announce")).to_have_text("1 minute left.")
    expect(page.get_by_role("timer")).to_have_class(re.compile("is-last-minute"))
    picture(page, "last-minute")
    shorten(seat, 3)

    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your test is finished")
    expect(page.get_by_text("The time was over")).to_be_visible()
    assert (seat.attempt.state, seat.attempt.submitted_by) == ("submitted", "deadline")
    assert seat.row(1).answer == [seat.row(1).option_order[1]]


@pytest.mark.once
def test_half_of_the_time_and_the_last_minutes_are_announced_politely(seat: Place, page: Page) -> None:
    start(page, seat)
    announcer = page.locator("#announce")
    expect(announcer).to_have_attribute("aria-live", "polite")
    for minutes, words in (
        (20, "Half of your time is over. 20 minutes left."),
        (10, "10 minutes left."),
        (5, "5 minutes left."),
        (1, "1 minute left."),
    ):
        end = timezone.now() + timedelta(minutes=minutes, seconds=4)
        Attempt.objects.filter(pk=seat.attempt.pk).update(
            started_at=end - timedelta(minutes=40), deadline_at=end
        )
        page.reload()
        expect(page.get_by_role("timer")).to_have_text(re.compile(rf"^{minutes}:0\d left$"))
        expect(announcer).to_have_text(words)


@pytest.mark.once
def test_a_mark_that_was_passed_between_two_pages_is_told_by_the_next_one(seat: Place, page: Page) -> None:
    start(page, seat)
    shorten(seat, 66)
    page.reload()
    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^1:0\d left$"))
    page.goto("about:blank")
    end = seat.attempt.deadline_at
    wait_until(lambda: timezone.now() > end - timedelta(seconds=59), what="the last minute")

    go_to(page, seat, "question/2/")

    expect(page.locator("#announce")).to_have_text("1 minute left.")


@pytest.mark.once
def test_a_mark_that_was_slept_through_is_not_told_as_if_it_were_now(seat: Place, page: Page) -> None:
    page.clock.install()
    start(page, seat)
    expect(page.get_by_role("timer")).to_contain_text("left")

    with page.expect_response(lambda response: response.url.endswith("/clock/")):
        page.clock.fast_forward(31 * 60 * 1000)

    expect(page.locator("#announce")).to_have_text("")


def test_time_that_was_added_meanwhile_keeps_the_test_open(seat: Place, page: Page) -> None:
    start(page, seat)
    shorten(seat, 4)
    page.reload()
    add_time(attempt=seat.attempt, seconds=600, reason="A fire alarm", by=Actor.system(), now=timezone.now())

    expect(page.get_by_role("timer")).to_have_text(re.compile(r"^(50|49):\d\d left$"))
    expect(page.locator("#announce")).to_have_text("You were given more time.")
    assert seat.attempt.state == "in_progress"


@pytest.mark.once
def test_case_41_token_referer_forms_work_and_other_sites_learn_nothing(seat: Place, page: Page) -> None:
    heard: list[str] = []

    def note(route: Route) -> None:
        heard.append(route.request.headers.get("referer", ""))
        route.fulfill(body="")

    page.route("https://elsewhere.example/**", note)
    start(page, seat)
    page.evaluate("location.href = 'https://elsewhere.example/page'")
    page.wait_for_url("https://elsewhere.example/**")

    assert heard == [""]


@pytest.mark.once
def test_a_browser_that_keeps_nothing_still_saves(seat: Place, page: Page) -> None:
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }});"
    )
    start(page, seat)

    page.locator(".option label").nth(1).click()

    is_saved(page)
    assert seat.row(1).answer == [seat.row(1).option_order[1]]


@pytest.mark.once
def test_a_sticky_bar_never_hides_what_has_the_focus(seat: Place, page: Page) -> None:
    start(page, seat)
    page.set_viewport_size({"width": 375, "height": 600})
    go_to(page, seat, f"question/{position_with_code(seat)}/")

    for _ in range(14):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """() => {
                const focused = document.activeElement;
                if (focused.closest(".bar, .moves, .skip-link") || focused === document.body) return null;
                const box = focused.getBoundingClientRect();
                const top = document.querySelector(".bar").getBoundingClientRect().bottom;
                const moves = document.querySelector(".moves").getBoundingClientRect();
                const isBehind = box.top >= moves.top && box.top < moves.bottom;
                const isOut = box.bottom <= top || box.top >= innerHeight;
                return isBehind || isOut ? focused.outerHTML.slice(0, 120) : null;
            }"""
        )
        assert hidden is None
