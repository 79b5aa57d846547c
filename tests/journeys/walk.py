"""What people do in the journeys, as functions named by the doing."""

from __future__ import annotations

import json
import os
import re
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.servers.processes import RunningSystem, wait_until

PASSWORD = "a fairly long sentence 7"

_COLLEAGUES = """
from datetime import datetime, UTC
from accounts.enums import Role
from accounts.models import Actor
from accounts.operations import create_user
for email, name, roles in {people!r}:
    create_user(email=email, full_name=name, password={password!r}, roles=[Role(r) for r in roles],
                by=Actor.system(), now=datetime.now(UTC))
"""

_RIGHT_ANSWERS = """
import json
from fractions import Fraction
from assessments.models import AttemptQuestion
from questions.queries import keys_for
rows = AttemptQuestion.objects.filter(attempt__invitation__candidate__emails__normalised={email!r})
keys = keys_for(rows.values_list("question_version_id", flat=True))
print("ANSWERS" + json.dumps({{
    row.position: [
        str(place) for place, code in enumerate(row.option_order, start=1)
        if Fraction(keys[row.question_version_id].shares.get(code, "0")) > 0
    ]
    for row in rows
}}))
"""


def hire_colleagues(system: RunningSystem, *people: tuple[str, str, list[str]]) -> None:
    """Add colleagues with a password, as an administrator's script would."""
    system.manage("shell", "-v", "0", "-c", _COLLEAGUES.format(people=people, password=PASSWORD))


def right_answers(system: RunningSystem, email: str) -> dict[int, list[str]]:
    """The places of the right options in every question that this person was given.

    Read beside the pages, which never show it.
    """
    printed = system.manage("shell", "-v", "0", "-c", _RIGHT_ANSWERS.format(email=email))
    found = re.search(r"ANSWERS(\{.*\})", printed)
    assert found, printed
    return {int(position): places for position, places in json.loads(found[1]).items()}


def sign_in(page: Page, system: RunningSystem, email: str) -> None:
    page.goto(system.address + "/admin/")
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")


def get_json(system: RunningSystem, path: str, key: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the API as a program would."""
    request = urllib.request.Request(
        f"{system.address}/api/v1/{path}",
        data=json.dumps(body).encode() if body is not None else None,
        headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as reply:
        return json.loads(reply.read())


def until_shown(page: Page, text: str | re.Pattern[str], *, seconds: float = 60.0) -> None:
    """Reload the page until it shows `text`: what a person does who waits for a worker."""

    def look() -> bool:
        page.reload()
        return page.get_by_text(text).locator("visible=true").count() > 0

    wait_until(look, what=f"the page to show {text!r}", seconds=seconds, every=0.3)


def until_done(page: Page) -> None:
    """Reload the page of long work until it says that it is done."""
    expect(page).to_have_url(re.compile("/admin/work/"))
    until_shown(page, re.compile(r"^\s*Done\s*$"))


@dataclass
class Candidate:
    """A person with a mailed link and a browser of their own."""

    page: Page
    system: RunningSystem
    email: str
    questions: int = 25

    def start(self, link: str) -> None:
        self.page.goto(link)
        self.page.get_by_label(re.compile("I have read this and agree")).check()
        self.page.get_by_role("button", name="Start the test").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(
            re.compile(f"Question 1 of {self.questions}")
        )

    def answer(self, places: list[str]) -> None:
        """Choose the options at `places` on the question that is open, and wait until the page says they are saved."""
        for box in self.page.locator("input[name=answer][type=checkbox]:checked").all():
            if box.get_attribute("value") not in places:
                box.uncheck()
        for place in places:
            self.page.locator(f"input[name=answer][value='{place}']").check()
        expect(self.page.locator("#saved")).to_have_text("All is saved")

    def next(self) -> None:
        self.page.locator(".move-next").click()

    def submit(self) -> None:
        self.page.get_by_role("button", name="Submit my answers").click()
        self.page.wait_for_url("**/finished/")


def new_page(browser: Browser, **options: Any) -> Page:
    return browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options)).new_page()


def picture(page: Page, system: RunningSystem, name: str) -> None:
    """Keep a picture for people to look at, where somebody asked for pictures."""
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{system.mode}-{name}.png", full_page=True)


def handbook_picture(page: Page, name: str) -> None:
    """Keep what fits on the screen, for a chapter of the handbook; `make pictures` puts it there."""
    folder = os.environ.get("PICTURES")
    if folder:
        page.wait_for_load_state("load")
        page.screenshot(path=Path(folder) / f"handbook-{name}.png", animations="disabled")
