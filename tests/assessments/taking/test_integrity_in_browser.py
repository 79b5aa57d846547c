"""What a real browser tells of a sitting, and that it gets in nobody's way."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Actor
from assessments.enums import AttemptState
from assessments.models import Attempt, AttemptEvent
from assessments.operations import pause_attempt, resume_attempt
from assessments.rules import timing
from tests.assessments.taking.places import Place, make_place
from tests.servers.processes import wait_until

pytestmark = pytest.mark.once


@pytest.fixture
def seat(live_server: Any, page: Page) -> Place:
    """Somebody in front of the first question, in a browser whose clock the test turns."""
    place = make_place()
    page.set_default_timeout(10_000)
    page.clock.install()
    page.goto(f"{live_server.url}/t/{place.token}/")
    page.get_by_label("I have read this and agree.").check()
    page.get_by_role("button", name="Start the test").click()
    # The scripts of the page run once its clock does.
    expect(page.locator("#timer")).to_contain_text("left")
    # The server believes no duration beyond the sitting's own, so that one began a while ago.
    attempt = place.attempt
    attempt.started_at -= attempt.deadline_at - attempt.started_at
    attempt.save(update_fields=["started_at"])
    return place


def events() -> list[tuple[str, dict[str, Any]]]:
    return list(AttemptEvent.objects.order_by("pk").values_list("kind", "data"))


def until_noted(count: int) -> list[tuple[str, dict[str, Any]]]:
    wait_until(lambda: len(events()) >= count, what=f"{count} notes")
    return events()


def test_looking_away_and_back_is_one_note_with_its_length(seat: Place, page: Page) -> None:
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.clock.run_for(40_000)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.clock.run_for(6_000)

    ((kind, data),) = until_noted(1)

    assert kind == "focus_lost"
    assert data["position"] == 1
    assert 40 <= data["seconds"] <= 42


def test_a_blink_is_no_note(seat: Place, page: Page) -> None:
    page.evaluate("window.dispatchEvent(new Event('blur')); window.dispatchEvent(new Event('focus'))")
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.clock.run_for(5_000)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.clock.run_for(6_000)

    assert len(until_noted(1)) == 1


def test_copying_tells_where_and_how_much_and_is_not_blocked(seat: Place, page: Page) -> None:
    page.evaluate(
        """() => {
          window.prevented = [];
          for (const kind of ["copy", "paste", "contextmenu"])
            window.addEventListener(kind, (event) => window.prevented.push(event.defaultPrevented));
          document.getSelection().selectAllChildren(document.querySelector(".option label"));
        }"""
    )
    length = page.evaluate("String(document.getSelection()).length")
    page.keyboard.press("Control+c")
    page.evaluate(
        "document.body.dispatchEvent(new ClipboardEvent('paste', {bubbles: true, cancelable: true}))"
    )
    page.locator(".stem").click(button="right")
    page.clock.run_for(6_000)

    assert until_noted(2) == [
        ("copied", {"position": 1, "target": "option", "length": length}),
        ("pasted", {"position": 1, "target": "other", "length": 0}),
    ]
    assert page.evaluate("window.prevented") == [False, False, False]


def test_time_in_sight_goes_with_the_answer_and_the_rest_when_the_places_are_looked_at(
    seat: Place, page: Page
) -> None:
    page.clock.run_for(12_000)
    page.locator(".option label").nth(1).click()
    wait_until(lambda: seat.row(1).answer, what="the answer")
    told = seat.row(1).seconds
    page.clock.run_for(7_000)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 2 of 4")
    expect(page.locator("#timer")).to_contain_text("left")
    page.clock.run_for(9_000)
    page.get_by_role("button", name="Overview").click()

    wait_until(lambda: seat.row(2).seconds is not None, what="the time on the second question")

    assert told in range(12, 15)
    assert seat.row(1).seconds in range(told + 7, told + 10)
    assert seat.row(2).seconds in range(9, 12)


def test_time_in_sight_and_away_is_told_when_the_time_of_the_test_runs_out(
    seat: Place, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine of this test is, what its page sends at the end comes in the last moments.
    monkeypatch.setattr(timing, "LATE_ALLOWANCE", timedelta(minutes=5))
    page.clock.run_for(12_000)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 2 of 4")
    expect(page.locator("#timer")).to_contain_text("left")
    page.clock.run_for(9_000)
    end_in(seat, 20)
    look_again(page)
    expect(page.locator("#timer")).to_have_text(re.compile(r"^0:[012]\d left$"))
    # By the server's clock, which is the one that counts, the time is over before the page says a word.
    end_in(seat, -1)
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.clock.run_for(21_000)

    expect(page.get_by_role("heading", level=1)).to_have_text("Your test is finished", timeout=60_000)
    assert seat.attempt.state == AttemptState.SUBMITTED
    assert seat.row(1).seconds in range(12, 60)
    assert seat.row(2).seconds in range(9, 60)
    ((kind, data),) = events()
    assert (kind, data["position"]) == ("focus_lost", 2)
    assert data["seconds"] in range(5, 60)


def end_in(seat: Place, seconds: int) -> None:
    end = timezone.now() + timedelta(seconds=seconds)
    Attempt.objects.filter(pk=seat.attempt.pk).update(deadline_at=end)


def look_again(page: Page) -> None:
    """Let the page ask at once what it asks every half minute."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_pause_is_neither_time_in_sight_nor_time_away(seat: Place, page: Page) -> None:
    page.clock.run_for(12_000)
    # The page hears of it eight seconds late.
    began = timezone.now() - timedelta(seconds=8)
    pause_attempt(attempt=seat.attempt, reason="Power cut", by=Actor.system(), now=began)
    look_again(page)
    expect(page.locator("#paused")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.clock.run_for(120_000)
    resume_attempt(attempt=seat.attempt, reason="It is over", by=Actor.system(), now=timezone.now())
    look_again(page)
    expect(page.locator("#answer-form")).to_be_visible()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.clock.run_for(6_000)

    page.locator(".option label").nth(1).click()

    wait_until(lambda: seat.row(1).answer, what="the answer")
    # 12 - 8 + 6, and as long as the steps took.
    assert seat.row(1).seconds in range(10, 60)
    assert "focus_lost" not in [kind for kind, _data in events()]


def test_a_window_that_waits_for_another_counts_neither_time_in_sight_nor_time_away(
    seat: Place, page: Page, browser: Browser
) -> None:
    wait_until(lambda: seat.attempt.tab_id is not None, what="the first window's name")
    first = seat.attempt.tab_id
    page.clock.run_for(12_000)
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.clock.run_for(40_000)
    phone = browser.new_context()
    try:
        elsewhere = phone.new_page()
        elsewhere.goto(page.url.partition("/test/")[0] + f"/t/{seat.token}/")
        wait_until(lambda: seat.attempt.tab_id != first, what="the second window's name")
    finally:
        phone.close()
    look_again(page)
    expect(page.locator("#elsewhere")).to_be_visible()

    for event in ("focus", "blur"):
        page.evaluate(f"window.dispatchEvent(new Event('{event}'))")
        page.clock.run_for(300_000)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.clock.run_for(6_000)
    page.get_by_role("button", name="Continue here").click()
    expect(page.locator("#elsewhere")).to_be_hidden()
    page.get_by_role("button", name="Overview").click()

    wait_until(lambda: seat.row(1).seconds is not None, what="the time on the question")
    # As long as until the other window was opened, and as long as the steps took.
    assert seat.row(1).seconds in range(12, 200)
    away = [data["seconds"] for kind, data in events() if kind == "focus_lost"]
    assert len(away) == 1
    assert away[0] in range(40, 200)


def test_answers_do_not_wait_for_notes(seat: Place, page: Page) -> None:
    page.expected_troubles.add("Failed to load resource: net::ERR_FAILED")  # type: ignore[attr-defined]
    page.route("**/notes/", lambda route: route.abort())
    page.evaluate("delete window.taking.takeSight")
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    page.clock.run_for(40_000)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.clock.run_for(6_000)

    page.locator(".option label").nth(2).click()

    wait_until(lambda: seat.row(1).answer, what="the answer")
    assert seat.row(1).answer == [seat.row(1).option_order[2]]
