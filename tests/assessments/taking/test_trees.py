"""What a screen reader meets on each page, kept as text: a page that says something else is read by a person first.

`TREES=write` before the test writes the files anew; read the difference before it is committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Actor
from assessments.models import AssessmentVersion, Attempt, Score
from assessments.operations import pause_attempt, resume_attempt
from tests.assessments.taking.places import Place
from tests.assessments.taking.test_browser import (
    go_to,
    is_saved,
    open_link,
    picture,
    seat,  # noqa: F401 -- a fixture
    start,
    violations,
)

FOLDER = Path(__file__).parent / "trees"
SMALLEST = 24
ARABIC = [("en", "English"), ("ar", "العربية")]
# What is another one at each run.
MOVING = (
    (re.compile(r"\d+:\d\d left"), "TIME left"),
    (re.compile(r"\d{1,2} \w+ \d{4}, \d\d:\d\d UTC"), "MOMENT"),
    (re.compile(r"\b\d\d:\d\d( [AP]M)?( UTC)?(?=[\".])"), "TIME"),
    (re.compile(r"/test/[a-z0-9]+/"), "/test/CODE/"),
)


def tree(page: Page) -> str:
    text = page.locator("body").aria_snapshot()
    for pattern, word in MOVING:
        text = pattern.sub(word, text)
    return f"{text}\n"


def in_order(seat: Place, **rules: Any) -> None:  # noqa: F811
    """Let every run show the same questions with the same options in the same order."""
    AssessmentVersion.objects.filter(pk=seat.invitation.version_id).update(
        shuffle_questions=False, shuffle_options=False, **rules
    )


@pytest.mark.looks
def test_each_page_tells_a_screen_reader_what_it_told_before(seat: Place, page: Page) -> None:  # noqa: F811
    in_order(seat, candidate_sees="result")
    found: dict[str, str] = {}
    page.goto(f"{seat.home}/t/wrong/")  # type: ignore[attr-defined]
    found["dead-link"] = tree(page)
    page.goto(f"{seat.home}/test/unknown/")  # type: ignore[attr-defined]
    found["open-again"] = tree(page)
    page.troubles.clear()  # type: ignore[attr-defined]  # the two pages are answers 404
    open_link(page, seat)
    found["briefing"] = tree(page)
    for fold in page.locator(".fold > summary").all():
        fold.click()
    found["briefing-unfolded"] = tree(page)
    page.locator(".start-form").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Start the test").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found["briefing-refused"] = tree(page)
    go_to(page, seat, "practice/")
    found["practice"] = tree(page)
    go_to(page, seat, "more-time/")
    found["more-time"] = tree(page)
    start(page, seat)
    is_saved(page)
    found["question"] = tree(page)
    page.locator(".option label").nth(1).click()
    is_saved(page)
    page.get_by_text("Report a problem with this question").click()
    found["question-report"] = tree(page)
    go_to(page, seat, "question/3/")
    page.get_by_role("button", name="Flag", exact=True).click()
    expect(page.locator(".move-flag")).to_have_attribute("aria-pressed", "true")
    found["question-code"] = tree(page)
    go_to(page, seat, "overview/")
    found["overview"] = tree(page)
    pause_attempt(attempt=seat.attempt, reason="An outage", by=Actor.system(), now=timezone.now())
    page.reload()
    found["paused"] = tree(page)
    resume_attempt(attempt=seat.attempt, reason="", by=Actor.system(), now=timezone.now())
    go_to(page, seat, "overview/")
    page.get_by_role("button", name="Submit my answers").click()
    expect(page.get_by_role("alert")).to_contain_text("Submit all the same?")
    found["overview-asks"] = tree(page)
    page.get_by_role("button", name="Submit anyway").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your test is finished")
    found["finished"] = tree(page)
    score = Score.objects.create(
        attempt=seat.attempt,
        cause="submitted",
        keys_digest="a" * 32,
        marks=3,
        marks_possible=4,
        percent="75",
        error=9,
        band="passed",
        created_at=timezone.now(),
    )
    Attempt.objects.update(current_score=score)
    page.reload()
    found["finished-result"] = tree(page)

    if os.environ.get("TREES") == "write":
        FOLDER.mkdir(exist_ok=True)
        for name, text in found.items():
            (FOLDER / f"{name}.yaml").write_text(text)
    assert found == {path.stem: path.read_text() for path in FOLDER.glob("*.yaml")}


PRESSED = "a.btn, button, summary, .option label, .place, .form-check label"
TARGETS = """([pressed, smallest]) => [...document.querySelectorAll(pressed)]
    .filter(each => each.checkVisibility({visibilityProperty: true}) && !each.classList.contains("visually-hidden"))
    .map(each => [each.getBoundingClientRect(), each.outerHTML.slice(0, 80)])
    .filter(([box]) => Math.min(box.width, box.height) < smallest)
    .map(([box, html]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${html}`)"""


@pytest.mark.looks
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_pages_fit_narrow_screens_with_targets_for_fingers_in_every_direction(
    seat: Place,  # noqa: F811
    page: Page,
    settings: Any,
    language: str,
) -> None:
    # Arabic has no words here yet: what is looked at is a page turned round, with English in it.
    settings.CANDIDATE_LANGUAGES = [*settings.CANDIDATE_LANGUAGES, ARABIC[1]]
    in_order(seat, candidate_sees="skills")
    type(seat.invitation).objects.update(language=language)
    faults: dict[str, Any] = {}

    def look(name: str) -> None:
        for width in (320, 375):
            page.set_viewport_size({"width": width, "height": 600})
            found = page.evaluate(TARGETS, [PRESSED, SMALLEST])
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append("the page is wider than the screen")
            if width == 375:
                found += violations(page)
            if found:
                faults[f"{name}, {width}"] = found
        picture(page, f"{name}-{language}")

    open_link(page, seat)
    look("briefing")
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    go_to(page, seat, "practice/")
    look("practice")
    go_to(page, seat, "more-time/")
    look("more-time")
    go_to(page, seat, "")
    page.locator("#id_consent").check()
    page.locator(".start-form button").click()
    for position in (1, 3):
        go_to(page, seat, f"question/{position}/")
        page.locator(".problem summary").click()
        look(f"question-{position}")
    go_to(page, seat, "overview/")
    look("overview")
    page.locator("#submit-form button").click()
    expect(page.locator("#question-before-submit")).to_be_visible()
    page.locator("#submit-form button").click()
    page.wait_for_url("**/finished/")
    look("finished")

    assert faults == {}
