"""Pauses and tests that are taken piece by piece, in a real browser with its scripts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Actor
from assessments.models import AttemptEvent
from assessments.operations import add_time, move_on, pause_attempt, resume_attempt
from tests.assessments.taking.places import Place, make_place
from tests.assessments.taking.test_browser import SIZES, go_to, is_saved, picture, violations
from tests.factories.sittings import make_pieces, window

SYSTEM = Actor.system()


@pytest.fixture
def begin(live_server, page: Page) -> Any:
    """Start a test of such parts in the browser."""

    def start(*parts: tuple[int, int | None], **limits: Any) -> Place:
        place = make_place(assessment=make_pieces(*parts, **limits))
        place.home = live_server.url  # type: ignore[attr-defined]
        page.goto(f"{live_server.url}/t/{place.token}/")
        page.get_by_label("I have read this and agree.").check()
        page.get_by_role("button", name="Start the test").click()
        # A page that is still on its way cannot be loaded again.
        page.wait_for_url("**/question/1/")
        return place

    return start


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def look_again(page: Page) -> None:
    """Let the page ask at once what it asks every half minute."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_next_closes_a_question_and_asks_where_it_has_no_answer(begin: Any, page: Page) -> None:
    place = begin((3, None), navigation="forward")
    page.locator(".option label").first.click()
    page.get_by_role("button", name="Next").click()
    heading(page, "Question 2 of 3")

    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_contain_text("You have not answered this question")
    page.get_by_role("button", name="Leave it without an answer").click()

    heading(page, "Question 3 of 3")
    assert place.row(1).answer_version == 1
    assert window(place.attempt) == (3, 3)
    go_to(page, place, "question/1/")
    heading(page, "Question 3 of 3")


def test_when_the_time_of_a_question_is_over_the_page_says_so_and_goes_on(begin: Any, page: Page) -> None:
    place = begin((2, None), navigation="forward", question_seconds=10)
    page.locator(".option label").first.click()
    is_saved(page)
    expect(page.locator("#window-timer")).to_contain_text("for this question")

    expect(page.locator("#note")).to_contain_text("The time for this question is over", timeout=30_000)
    heading(page, "Question 2 of 2")

    assert place.row(1).answer_version == 1
    assert window(place.attempt) == (2, 2)


def test_one_tap_gives_a_little_more_time_without_leaving_the_page(begin: Any, page: Page) -> None:
    begin((2, None), navigation="forward", question_seconds=60, buffer_seconds=300)

    page.get_by_role("button", name="5 minutes more").click()

    expect(page.locator("#window-timer")).to_contain_text("5:")
    expect(page.locator("#take-buffer")).to_be_hidden()
    assert AttemptEvent.objects.filter(kind="buffer_used").count() == 1


def test_a_pause_and_its_end_reach_an_open_page(begin: Any, page: Page) -> None:
    place = begin((2, None))
    page.locator(".option label").first.click()
    is_saved(page)
    address = page.url

    pause_attempt(attempt=place.attempt, reason="Power cut", by=SYSTEM, now=timezone.now())
    look_again(page)
    expect(page.locator("#paused")).to_contain_text("Your clock stands still since")
    # Every moment is told with its zone, here the browser's.
    zone = page.evaluate(
        "new Intl.DateTimeFormat('en', {timeZoneName: 'short'})"
        ".formatToParts().find((part) => part.type === 'timeZoneName').value"
    )
    expect(page.locator("#paused-since")).to_contain_text(zone)
    expect(page.locator("#answer-form")).to_be_hidden()
    stands = page.locator("#timer").text_content()
    expect(page.locator("#timer")).to_contain_text("paused")
    resume_attempt(attempt=place.attempt, reason="It is over", by=SYSTEM, now=timezone.now())
    look_again(page)

    expect(page.locator("#answer-form")).to_be_visible()
    expect(page.locator("#paused")).to_be_hidden()
    expect(page.locator("#announce")).to_have_text("Your test goes on.")
    expect(page.locator(".option input").first).to_be_checked()
    assert (page.url, "paused" in (stands or "")) == (address, True)


def test_a_page_that_was_opened_during_a_pause_goes_on_by_itself(begin: Any, page: Page) -> None:
    place = begin((2, None))
    pause_attempt(attempt=place.attempt, reason="Power cut", by=SYSTEM, now=timezone.now())
    page.reload()
    heading(page, "Paused")

    resume_attempt(attempt=place.attempt, reason="It is over", by=SYSTEM, now=timezone.now())
    look_again(page)

    heading(page, "Question 1 of 2")


def test_more_time_reaches_a_page_on_which_nothing_happens(begin: Any, page: Page) -> None:
    page.clock.install()
    place = begin((2, None), minutes=40)
    expect(page.locator("#timer")).to_contain_text("left")

    add_time(attempt=place.attempt, seconds=3600, reason="Alarm", by=SYSTEM, now=timezone.now())
    page.clock.run_for(27_000)

    expect(page.locator("#announce")).to_have_text("You were given more time.")
    expect(page.locator("#timer")).to_contain_text("1:39:")


def test_a_choice_at_a_place_that_another_window_closed_is_said_to_be_late(begin: Any, page: Page) -> None:
    place = begin((3, None), navigation="forward")
    move_on(attempt_id=place.attempt.pk, leaving=1, now=timezone.now())

    page.locator(".option label").first.click()

    heading(page, "Question 2 of 3")
    expect(page.locator("#note")).to_contain_text("Your last choice at question 1")
    assert place.row(1).answer == []
    page.troubles.clear()  # type: ignore[attr-defined]  # a choice that is refused is an answer 409


def test_a_part_is_finished_and_the_next_one_started(begin: Any, page: Page) -> None:
    place = begin((1, 10), (1, 5))
    page.locator(".option label").first.click()
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Finish this part").click()
    heading(page, "Part 2 of 2: Part 2")

    page.get_by_role("button", name="Start this part").click()

    heading(page, "Question 2 of 2")
    expect(page.locator("#window-timer")).to_contain_text("for this part")
    assert window(place.attempt) == (2, 2)


@pytest.mark.once
def test_the_marks_of_a_part_are_announced(begin: Any, page: Page) -> None:
    place = begin((1, 10), (1, 5))
    for minutes, words in (
        (5, "Half of the time for this part is over. 5 minutes left for it."),
        (1, "1 minute left for this part."),
    ):
        end = timezone.now() + timedelta(minutes=minutes, seconds=4)
        type(place.attempt).objects.filter(pk=place.attempt.pk).update(window_deadline_at=end)
        page.reload()
        expect(page.locator("#window-timer")).to_have_text(re.compile(rf"^{minutes}:0\d for this part$"))
        expect(page.locator("#announce")).to_have_text(words)


@pytest.mark.looks
def test_pages_of_pieces_and_pauses_shut_nobody_out(begin: Any, page: Page) -> None:
    faults: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for size, viewport in SIZES.items():
                page.set_viewport_size(viewport)
                found = violations(page)
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    found.append("the page is wider than the screen")
                if found:
                    faults[f"{name}, {scheme}, {size}"] = found
                picture(page, f"{name}-{scheme}-{size}")

    place = begin((1, 10), (2, 1), navigation="forward", question_seconds=600)
    look("forward-question")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("forward-asks")
    page.get_by_role("button", name="Leave it without an answer").click()
    heading(page, "Part 2 of 2: Part 2")
    look("part")
    pause_attempt(attempt=place.attempt, reason="Power cut", by=SYSTEM, now=timezone.now())
    page.reload()
    heading(page, "Paused")
    look("paused")
    resume_attempt(attempt=place.attempt, reason="It is over", by=SYSTEM, now=timezone.now())
    page.goto(place.home + place.url("part/"))
    page.get_by_role("button", name="Start this part").click()
    heading(page, "Question 2 of 3")
    type(place.attempt).objects.filter(pk=place.attempt.pk).update(window_deadline_at=timezone.now())
    page.reload()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    look("time-over")

    assert faults == {}
