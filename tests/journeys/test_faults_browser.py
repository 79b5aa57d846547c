"""What is promised to a candidate whose network goes, whose browser dies or whose laptop sleeps during a test."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.journeys.faulty import until
from tests.journeys.office import Office
from tests.servers.browser import FLAGS, find_browser
from tests.servers.proxy import FaultProxy

MINUTES_AWAY = 3


@dataclass
class Seat:
    """A candidate in front of a page of a running test; what they do reaches the server by way of `line`."""

    office: Office
    line: FaultProxy
    email: str

    @property
    def link(self) -> str:
        """The link of the mail, by way of the line."""
        return f"http://127.0.0.1:{self.line.port}{urlsplit(self.office.desk.link(email=self.email)).path}"

    def start(self, page: Page) -> None:
        page.goto(self.link)
        page.get_by_label("I have read this and agree.").check()
        page.get_by_role("button", name="Start the test").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Question 1 of 25"))
        # The scripts are there; whoever has none saves when they move on.
        expect_saved(page)

    def choose(self, page: Page, place: int) -> None:
        page.locator(f"input[name=answer][value='{place}']").check()

    @property
    def attempt(self) -> dict[str, Any]:
        (found,) = self.office.desk.sat(email=self.email)
        return dict(found)

    @property
    def left(self) -> float:
        """The time left, as the server knows it."""
        deadline = datetime.fromisoformat(self.attempt["deadline_at"])
        return (deadline - datetime.now(deadline.tzinfo)).total_seconds()

    def saved(self, position: int = 1) -> list[list[str]]:
        """Every answer that was saved to a question, the oldest first."""
        rows = self.office.desk.answers(ids=[self.attempt["pk"]])
        return [each["answer"] for each in rows[position - 1]["saved"]]


@pytest.fixture(params=["embedded"])
def office(request: pytest.FixtureRequest) -> Office:
    """One mode: what is tried here happens in the browser."""
    found: Office = request.getfixturevalue(f"{request.param}_office")
    return found


@pytest.fixture
def seat(office: Office, line: FaultProxy, request: pytest.FixtureRequest) -> Seat:
    prefix = request.node.name.partition("[")[0].removeprefix("test_")[:30].replace("_", "-")
    (person,) = office.open_job(prefix, 1)["people"]
    office.desk.invite(applications=[person["pk"]])
    return Seat(office, line, person["email"])


def shown_seconds(page: Page) -> float:
    digits = re.findall(r"\d+", page.get_by_role("timer").inner_text())
    seconds = 0
    for each in digits:
        seconds = seconds * 60 + int(each)
    return seconds


def takes_several(page: Page) -> bool:
    return page.locator("input[name=answer]").first.get_attribute("type") == "checkbox"


def expect_true_time(page: Page, seat: Seat) -> None:
    until(lambda: abs(shown_seconds(page) - seat.left) < 3, "the page to show the server's time", 15)


def expect_saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text("All is saved")


def expect_unsaved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text("Not saved yet: trying again")


def passed(page: Page, milliseconds: int) -> str:
    """Let the page's time pass, and return what it says of its answers then."""
    page.clock.run_for(milliseconds)
    return page.locator("#saved").inner_text()


def expect_offline(page: Page) -> None:
    """Requests without an answer are errors in the console."""
    for why in ("CONNECTION_REFUSED", "CONNECTION_RESET", "EMPTY_RESPONSE"):
        page.expected_troubles.add(f"Failed to load resource: net::ERR_{why}")  # type: ignore[attr-defined]


def test_f23_network_that_is_away_for_three_minutes_costs_no_answer_and_no_time(
    seat: Seat, page: Page
) -> None:
    expect_offline(page)
    page.clock.install()
    seat.start(page)
    seat.choose(page, 1)
    expect_saved(page)
    begun = seat.left

    seat.line.refuse()
    seat.choose(page, 2)
    expect_unsaved(page)
    for _quarter in range(MINUTES_AWAY * 4):
        page.clock.run_for(15_000)
    expect_unsaved(page)
    expect(page.locator("input[name=answer][value='2']")).to_be_checked()
    # It counts on by itself, however long nobody answers.
    assert abs(shown_seconds(page) - (begun - MINUTES_AWAY * 60)) < 30
    seat.line.forward()
    # A try that was under way fails first, in the network's time and not in the page's; only then the next one is set.
    until(lambda: passed(page, 2_000) == "All is saved", "the answer to be saved", 60)

    # Which question comes first is drawn: one that takes several answers keeps the first beside the second.
    assert seat.saved() == [["1"], ["1", "2"] if takes_several(page) else ["2"]]
    # The three minutes passed in the page alone. What the server says of the time holds.
    expect_true_time(page, seat)


@pytest.mark.stress
def test_f23_network_that_is_away_while_moving_on_holds_the_page_until_the_answer_is_sent(
    seat: Seat, page: Page
) -> None:
    expect_offline(page)
    seat.start(page)
    seat.line.refuse()
    seat.choose(page, 1)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.locator("#note")).to_contain_text("you move on as soon as it is saved")

    seat.line.forward()

    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Question 2 of 25"))
    assert seat.saved() == [["1"]]


def test_f23_tab_whose_process_is_killed_goes_on_with_the_same_link_and_the_unsent_answer(
    seat: Seat, browser: Browser
) -> None:
    context = browser.new_context()
    before = renderers(browser)
    page = context.new_page()
    seat.start(page)
    seat.choose(page, 1)
    expect_saved(page)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Question 2 of 25"))
    seat.line.refuse()
    seat.choose(page, 2)
    expect_unsaved(page)

    with page.expect_event("crash"):
        for pid in renderers(browser) - before:
            os.kill(pid, signal.SIGKILL)
    page.close()
    seat.line.forward()
    again = context.new_page()
    again.goto(seat.link)

    assert_goes_on(again, seat)
    context.close()


def renderers(browser: Browser) -> set[int]:
    """The processes of this browser that show pages."""
    session = browser.new_browser_cdp_session()
    found = session.send("SystemInfo.getProcessInfo")["processInfo"]
    session.detach()
    return {int(each["id"]) for each in found if each["type"] == "renderer"}


def assert_goes_on(page: Page, seat: Seat) -> None:
    """The test goes on where it was, with what was saved, what was not yet sent, and the server's time."""
    attempt = seat.attempt
    until(lambda: seat.saved(2) == [["2"]], "the unsent answer")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Question [12] of 25"))
    expect_true_time(page, seat)
    assert seat.saved(1) == [["1"]]
    assert attempt["state"] == "in_progress"
    page.goto(re.sub(r"question/\d+/", "question/2/", page.url))
    expect(page.locator("input[name=answer][value='2']")).to_be_checked()
    expect_saved(page)


@pytest.fixture
def profile(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    """`profile()` starts a browser that keeps its storage on the disk; each start finds what the last one left."""
    opened: list[BrowserContext] = []

    def start() -> BrowserContext:
        opened.append(
            browser.browser_type.launch_persistent_context(
                tmp_path, executable_path=find_browser(), args=FLAGS
            )
        )
        return opened[-1]

    yield start
    for context in opened:
        with suppress(Error):
            context.close()


@pytest.mark.stress
def test_f23_browser_that_is_killed_goes_on_with_the_same_link_and_the_unsent_answer(
    seat: Seat, profile: Any, tmp_path: Path
) -> None:
    page = profile().new_page()
    seat.start(page)
    seat.choose(page, 1)
    expect_saved(page)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Question 2 of 25"))
    seat.line.refuse()
    seat.choose(page, 2)
    expect_unsaved(page)
    kept = page.evaluate(
        "JSON.parse(Object.entries(localStorage).find(([key]) => key.endsWith('.2'))[1]).save_id"
    )
    # The browser itself writes what pages store to the disk some seconds later.
    until(lambda: is_on_disk(tmp_path, kept), "the browser to write its storage", 60)

    os.kill(browser_pid(tmp_path), signal.SIGKILL)
    seat.line.forward()
    again = profile().new_page()
    again.goto(seat.link)

    assert_goes_on(again, seat)


def is_on_disk(profile: Path, text: str) -> bool:
    folder = profile / "Default" / "Local Storage" / "leveldb"
    return any(text.encode() in path.read_bytes() for path in folder.glob("*") if path.is_file())


def browser_pid(profile: Path) -> int:
    """The process of the browser with this profile; its helpers are told what type they are."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = path.read_bytes().decode(errors="replace").split("\0")
            if f"--user-data-dir={profile}" in words and not any(
                word.startswith("--type=") for word in words
            ):
                return int(path.parent.name)
    raise AssertionError(f"no browser has the profile {profile}")


SLEEP = """
    const wall = Date.now;
    window.asleep = 0;
    Date.now = () => wall() + window.asleep;
"""


def sleep(page: Page, seat: Seat) -> None:
    """Close the laptop for three minutes, and open it again.

    The clock that measures distances stands still, the one on the wall goes on, and so does the server's. To the page,
    a server on which three minutes have passed is one with a deadline that is three minutes nearer.
    """
    seat.office.desk.leave_seconds(attempt=seat.attempt["pk"], seconds=seat.left - MINUTES_AWAY * 60)
    assert shown_seconds(page) - seat.left > MINUTES_AWAY * 60 - 10
    page.evaluate(f"window.asleep += {MINUTES_AWAY * 60_000}")


def test_f23_laptop_that_slept_shows_the_servers_time_and_sends_what_was_chosen(
    seat: Seat, page: Page
) -> None:
    expect_offline(page)
    page.add_init_script(SLEEP)
    seat.start(page)

    sleep(page, seat)
    expect_true_time(page, seat)
    seat.line.refuse()
    seat.choose(page, 1)
    expect_unsaved(page)
    sleep(page, seat)
    seat.line.forward()

    expect_saved(page)
    expect_true_time(page, seat)
    assert seat.saved() == [["1"]]
