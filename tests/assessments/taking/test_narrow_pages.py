"""Every page of a candidate on the narrowest telephone and enlarged to twice its size, with the longest names."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Actor, Organisation
from assessments.models import Assessment, Attempt, SignUp
from assessments.operations import create_open_link, pause_attempt, resume_attempt
from outbox.rules import link_token
from tests.assessments.taking.places import Place, in_order, in_two_parts
from tests.assessments.taking.test_browser import (
    go_to,
    open_link,
    picture,
    seat,  # noqa: F401 -- a fixture
    start,
)
from tests.factories.assessments import write_score

SYSTEM = Actor.system()
LONG = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
# What reaches beyond the right edge, but for what scrolls inside its own block.
TOO_WIDE = """() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
        .map((each) => each.outerHTML.slice(0, 120));
}"""


@pytest.mark.looks
@pytest.mark.parametrize(
    ("width", "height"),
    [
        pytest.param(320, 568, id="the narrowest telephone"),
        # What is left of 1280 by 1024 points when everything is twice as large.
        pytest.param(640, 512, id="200 percent"),
    ],
)
def test_no_page_is_wider_than_its_screen(
    seat: Place,  # noqa: F811
    page: Page,
    width: int,
    height: int,
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    Organisation.objects.update(name=LONG, reply_to=f"{LONG.lower()}@example.com".replace("ü", "ue"))
    Assessment.objects.update(name=LONG)
    in_order(seat, candidate_sees="skills")
    in_two_parts(seat)
    seat.assessment.current_version.sections.update(title=LONG)
    faults: dict[str, list[str]] = {}

    def look(name: str) -> None:
        if found := page.evaluate(TOO_WIDE):
            faults[name] = found
        picture(page, f"narrow-{width}-{name}")

    link = create_open_link(assessment=seat.assessment, title=LONG, by=SYSTEM, now=timezone.now())
    page.goto(f"{seat.home}/apply/{link.public_id}/")  # type: ignore[attr-defined]
    look("ask")
    page.get_by_label("Your name").fill(LONG)
    page.get_by_label("Your email address").fill("ada@example.com")
    page.get_by_label("I have read this and agree.").check()
    page.get_by_role("button", name="Send me the mail").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")
    look("sent")
    page.goto(f"{seat.home}/confirm/{link_token(SignUp.objects.get().link)}/")  # type: ignore[attr-defined]
    look("confirm")
    page.goto(f"{seat.home}/t/wrong/")  # type: ignore[attr-defined]
    look("dead-link")
    page.troubles.clear()  # type: ignore[attr-defined]  # the page is an answer 404
    open_link(page, seat)
    for fold in page.locator(".fold > summary").all():
        fold.click()
    look("briefing")
    go_to(page, seat, "practice/")
    look("practice")
    go_to(page, seat, "more-time/")
    look("more-time")
    start(page, seat)
    page.locator(".problem summary").click()
    for hidden in ("#conflict", "#elsewhere"):
        page.locator(hidden).evaluate("element => { element.hidden = false; }")
    look("question")
    go_to(page, seat, "overview/")
    look("overview")
    page.get_by_role("button", name="Finish this part").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("overview-asks")
    page.get_by_role("button", name="Finish this part anyway").click()
    expect(page.get_by_role("button", name="Start this part")).to_be_visible()
    look("part")
    pause_attempt(attempt=seat.attempt, reason="An outage", by=SYSTEM, now=timezone.now())
    page.reload()
    look("paused")
    resume_attempt(attempt=seat.attempt, reason="It is over", by=SYSTEM, now=timezone.now())
    go_to(page, seat, "part/")
    page.get_by_role("button", name="Start this part").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 3 of 4")
    look("question-code")
    Attempt.objects.filter(pk=seat.attempt.pk).update(window_deadline_at=timezone.now())
    page.reload()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    look("time-over")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Submit my answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your test is finished")
    write_score(seat.attempt)
    page.reload()
    expect(page.get_by_text("75 %")).to_be_visible()
    look("finished")

    assert faults == {}
