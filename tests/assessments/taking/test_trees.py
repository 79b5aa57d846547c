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
from assessments.models import Attempt, Invitation, SignUp
from assessments.operations import (
    create_open_link,
    pause_attempt,
    resume_attempt,
    revoke_invitation,
    void_attempt,
)
from outbox.rules import link_token
from tests.assessments.taking.places import (
    Place,
    in_order,
    in_the_past,
    in_two_parts,
    make_assessment,
    make_place,
)
from tests.assessments.taking.test_browser import (
    go_to,
    is_saved,
    open_link,
    picture,
    seat,  # noqa: F401 -- a fixture
    start,
    violations,
)
from tests.factories.assessments import write_score

FOLDER = Path(__file__).parent / "trees"
SMALLEST = 24
ARABIC = [("en", "English"), ("ar", "العربية")]
# What is another one at each run.
MOVING = (
    (re.compile(r"\d+:\d\d (left|for this)"), r"TIME \1"),
    (re.compile(r"\d{1,2} \w+ \d{4}, \d\d:\d\d UTC"), "MOMENT"),
    (re.compile(r"\b\d\d:\d\d( [AP]M)?( UTC)?(?=[\".])"), "TIME"),
    (re.compile(r"/(test|apply)/[a-z0-9]+/"), r"/\1/CODE/"),
)


def tree(page: Page) -> str:
    text = page.locator("body").aria_snapshot()
    for pattern, word in MOVING:
        text = pattern.sub(word, text)
    return f"{text}\n"


def kept(found: dict[str, str], folder: Path) -> dict[str, str]:
    """Return the trees that lie in `folder`; write `found` there before where somebody asked for it."""
    if os.environ.get("TREES") == "write":
        folder.mkdir(exist_ok=True)
        for name, text in found.items():
            (folder / f"{name}.yaml").write_text(text)
    return {path.stem: path.read_text() for path in folder.glob("*.yaml")}


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
    expect(page.get_by_role("alert")).to_be_focused()
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
    resume_attempt(attempt=seat.attempt, reason="It is over", by=Actor.system(), now=timezone.now())
    go_to(page, seat, "overview/")
    page.get_by_role("button", name="Submit my answers").click()
    expect(page.get_by_role("alert")).to_contain_text("Submit all the same?")
    found["overview-asks"] = tree(page)
    page.get_by_role("button", name="Submit anyway").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your test is finished")
    found["finished"] = tree(page)
    write_score(seat.attempt)
    page.reload()
    found["finished-result"] = tree(page)

    assert found == kept(found, FOLDER)


def end_of_window(seat: Place) -> None:  # noqa: F811
    Attempt.objects.filter(pk=seat.attempt.pk).update(window_deadline_at=timezone.now())


@pytest.mark.looks
def test_pages_of_parts_and_single_questions_tell_what_they_told_before(seat: Place, page: Page) -> None:  # noqa: F811
    found: dict[str, str] = {}
    in_order(seat)
    in_two_parts(seat, minutes=(10, 5))
    open_link(page, seat)
    found["briefing"] = tree(page)
    start(page, seat)
    is_saved(page)
    found["question"] = tree(page)
    go_to(page, seat, "overview/")
    found["overview"] = tree(page)
    page.get_by_role("button", name="Finish this part").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found["overview-asks"] = tree(page)
    page.get_by_role("button", name="Finish this part anyway").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Part 2 of 2: Answers")
    found["part"] = tree(page)
    page.get_by_role("button", name="Start this part").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 3 of 4")
    end_of_window(seat)
    page.reload()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    found["part-time-over"] = tree(page)

    forward = make_place(assessment=make_assessment(slug="forward"))
    forward.home = seat.home  # type: ignore[attr-defined]
    in_order(forward, navigation="forward", question_seconds=600, buffer_seconds=60)
    start(page, forward)
    is_saved(page)
    found["forward-question"] = tree(page)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    found["forward-asks"] = tree(page)
    end_of_window(forward)
    go_to(page, forward, "question/1/")
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    found["forward-time-over"] = tree(page)

    assert found == kept(found, FOLDER / "pieces")


@pytest.mark.looks
def test_pages_that_were_paused_changed_or_taken_over_tell_what_they_told_before(
    seat: Place,  # noqa: F811
    page: Page,
) -> None:
    found: dict[str, str] = {}
    in_order(seat)
    start(page, seat)
    is_saved(page)
    pause_attempt(attempt=seat.attempt, reason="An outage", by=Actor.system(), now=timezone.now())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#paused")).to_be_visible()
    found["paused-while-open"] = tree(page)
    resume_attempt(attempt=seat.attempt, reason="It is over", by=Actor.system(), now=timezone.now())
    page.reload()
    seat.enter()
    seat.save(1, ["b"])
    page.expected_troubles.add(  # type: ignore[attr-defined]
        "Failed to load resource: the server responded with a status of 409 (Conflict)"
    )
    page.locator(".option label").nth(2).click()
    expect(page.locator("#conflict")).to_be_visible()
    expect(page.locator("input[name=answer]").nth(1)).to_have_accessible_description("Stored there")
    expect(page.locator("input[name=answer]").nth(2)).to_have_accessible_description("")
    found["conflict"] = tree(page)
    page.get_by_role("button", name="Take the stored one").click()
    expect(page.locator("#conflict")).to_be_hidden()
    expect(page.locator("input[name=answer]").nth(1)).to_have_accessible_description("")
    other = page.context.new_page()
    go_to(other, seat, "question/1/")
    expect(page.locator("#elsewhere")).to_be_visible()
    found["elsewhere"] = tree(page)

    assert found == kept(found, FOLDER / "moments")


@pytest.mark.looks
def test_pages_of_an_open_link_tell_what_they_told_before(seat: Place, page: Page) -> None:  # noqa: F811
    found: dict[str, str] = {}
    link = create_open_link(
        assessment=seat.assessment, title="Working student", by=Actor.system(), now=timezone.now()
    )
    page.goto(f"{seat.home}/apply/{link.public_id}/")  # type: ignore[attr-defined]
    found["ask"] = tree(page)
    page.locator("#main-content form").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Send me the mail").click()
    expect(page.get_by_role("alert")).to_be_focused()
    found["ask-refused"] = tree(page)
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Your email address").fill("ada@example.com")
    page.get_by_label("I have read this and agree.").check()
    page.get_by_role("button", name="Send me the mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    found["sent"] = tree(page)
    page.goto(f"{seat.home}/confirm/{link_token(SignUp.objects.get().link)}/")  # type: ignore[attr-defined]
    found["confirm"] = tree(page)
    address = page.url
    page.get_by_role("button", name="Confirm and go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Flask basics")
    page.goto(address)
    found["confirmed"] = tree(page)

    assert found == kept(found, FOLDER / "open-link")


@pytest.mark.looks
def test_pages_of_what_is_void_expired_or_withdrawn_tell_what_they_told_before(
    seat: Place,  # noqa: F811
    page: Page,
) -> None:
    found: dict[str, str] = {}
    places = {"void": seat, "expired": make_place(assessment=seat.assessment)}
    places["withdrawn"] = make_place(assessment=seat.assessment)
    links = {name: f"{seat.home}/t/{place.token}/" for name, place in places.items()}  # type: ignore[attr-defined]
    void_attempt(attempt=seat.start(), reason="Somebody else", by=Actor.system(), now=timezone.now())
    Invitation.objects.filter(pk=places["expired"].invitation.pk).update(expires_at=in_the_past(minutes=1))
    revoke_invitation(invitation=places["withdrawn"].invitation, by=Actor.system(), now=timezone.now())
    for name, words in (
        ("void", "This attempt does not count"),
        ("expired", "The time to start this test is over"),
        ("withdrawn", "This test is no longer open"),
    ):
        page.goto(links[name])
        expect(page.get_by_role("heading", level=1)).to_have_text(words)
        found[name] = tree(page)

    assert found == kept(found, FOLDER / "notes")


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
