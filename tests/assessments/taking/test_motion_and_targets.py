"""What moves on candidates' pages, how large what is tapped is, and the colours of the pages of an open link."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Actor
from assessments.models import Attempt, SignUp
from assessments.operations import create_open_link, pause_attempt, resume_attempt, sign_up
from outbox.rules import link_token
from tests.assessments.taking.places import Place, in_order, in_two_parts
from tests.assessments.taking.test_browser import (
    SIZES,
    go_to,
    open_link,
    picture,
    seat,  # noqa: F401 -- a fixture
    start,
    violations,
)

SYSTEM = Actor.system()

# What moves longer than a hundredth of a second.
MOTION = """() => {
    const inSeconds = (each) => parseFloat(each) * (each.includes("ms") ? 0.001 : 1);
    const isLong = (list) => Math.max(...list.split(",").map(inSeconds)) > 0.01;
    const moves = (style) =>
        isLong(style.transitionDuration) ||
        (style.animationName !== "none" && isLong(style.animationDuration)) ||
        style.scrollBehavior === "smooth";
    const found = new Set();
    for (const element of document.querySelectorAll("*")) {
        for (const part of [null, "::before", "::after"]) {
            if (moves(getComputedStyle(element, part))) found.add(`${element.tagName}.${element.className} moves`);
        }
    }
    return [...found];
}"""
# What a finger cannot hit. A link inside a sentence is as high as its line; a box is hit by its label, too.
TARGETS = """(goal) => {
    const isSeen = (each) =>
        each.checkVisibility({visibilityProperty: true}) && !each.matches(".visually-hidden, .skip-link");
    const isInSentence = (each) =>
        each.matches("a:not(.btn)") && each.parentElement.textContent.trim() !== each.textContent.trim();
    const sizeOf = (each) => {
        const parts = [each, ...(each.matches("[type=radio], [type=checkbox]") ? each.labels : [])];
        const boxes = parts.map((part) => part.getBoundingClientRect());
        const length = (end, start) =>
            Math.max(...boxes.map((box) => box[end])) - Math.min(...boxes.map((box) => box[start]));
        return [length("right", "left"), length("bottom", "top")];
    };
    return [...document.querySelectorAll("a[href], button, summary, textarea, select, input:not([type=hidden])")]
        .filter((each) => isSeen(each) && !isInSentence(each) && Math.min(...sizeOf(each)) < goal)
        .map((each) => `${sizeOf(each).map(Math.round).join(" x ")}: ${each.outerHTML.slice(0, 90)}`);
}"""
# Our own goal; WCAG 2.2 AA asks for 24.
SMALLEST = 44
# Two targets that lie over each other.
OVERLAPS = """() => {
    const isApart = (one, other) =>
        one.left >= other.right || other.left >= one.right || one.top >= other.bottom || other.top >= one.bottom;
    const boxes = [...document.querySelectorAll(".bar a[href], .bar button")]
        .filter((each) => each.checkVisibility({visibilityProperty: true}))
        .map((each) => [each.getBoundingClientRect(), each.textContent.trim()]);
    return boxes.flatMap(([one, name], index) =>
        boxes.slice(index + 1)
            .filter(([other]) => !isApart(one, other))
            .map(([, other]) => `${name} lies over ${other}`));
}"""
# What the page itself posts when the time is over.
HAND_IN = """() => fetch(document.getElementById("taking").dataset.submitUrl, {
    method: "POST",
    headers: {"X-CSRFToken": document.querySelector("[name=csrfmiddlewaretoken]").value},
    body: new URLSearchParams({confirmed: "yes"}),
})"""


@pytest.mark.looks
def test_nothing_moves_for_who_wants_it_still_and_all_that_is_tapped_is_large_enough(
    seat: Place,  # noqa: F811
    page: Page,
) -> None:
    page.set_viewport_size({"width": 375, "height": 740})
    page.emulate_media(reduced_motion="reduce")
    in_order(seat)
    in_two_parts(seat)
    faults: dict[str, list[str]] = {}

    def look(name: str, *words: str) -> None:
        for word in words:
            expect(page.get_by_text(word, exact=True)).to_be_visible()
        page.wait_for_load_state("load")
        found = page.evaluate(MOTION) + page.evaluate(TARGETS, SMALLEST) + page.evaluate(OVERLAPS)
        if found:
            faults[name] = found
        picture(page, f"targets-{name}")

    link = create_open_link(
        assessment=seat.assessment, title="Working student", by=SYSTEM, now=timezone.now()
    )
    page.goto(f"{seat.home}/apply/{link.public_id}/")  # type: ignore[attr-defined]
    look("ask")
    page.get_by_label("Your name").fill("Ada Lovelace")
    page.get_by_label("Your email address").fill("ada@example.com")
    page.get_by_label("I have read this and agree.").check()
    page.get_by_role("button", name="Send me the mail").click()
    look("sent", "Look into your mail")
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
    page.locator(".option label").first.click()
    page.locator(".problem summary").click()
    for hidden in ("#conflict", "#elsewhere", "#hide-time"):
        page.locator(hidden).evaluate("element => { element.hidden = false; }")
    look("question")
    go_to(page, seat, "question/2/")
    look("last-question-of-a-part")
    go_to(page, seat, "overview/")
    page.get_by_role("button", name="Finish this part").click()
    look("overview", "Finish this part anyway")
    page.get_by_role("button", name="Finish this part anyway").click()
    look("part", "Start this part")
    pause_attempt(attempt=seat.attempt, reason="An outage", by=SYSTEM, now=timezone.now())
    page.reload()
    look("paused")
    resume_attempt(attempt=seat.attempt, reason="It is over", by=SYSTEM, now=timezone.now())
    go_to(page, seat, "part/")
    page.get_by_role("button", name="Start this part").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 3 of 4")
    in_order(seat, navigation="forward", question_seconds=600, buffer_seconds=60)
    page.reload()
    expect(page.get_by_role("button", name="1 minute more")).to_be_visible()
    page.locator("#hide-time").evaluate("element => { element.hidden = false; }")
    look("question-with-two-clocks")
    Attempt.objects.filter(pk=seat.attempt.pk).update(window_deadline_at=timezone.now())
    page.reload()
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    look("time-over")
    go_to(page, seat, "submit/")
    page.evaluate(HAND_IN)
    go_to(page, seat, "finished/")
    look("finished")

    assert faults == {}


@pytest.mark.looks
def test_pages_of_an_open_link_can_be_read_in_light_and_dark_while_colours_change(
    seat: Place,  # noqa: F811
    page: Page,
) -> None:
    faults: dict[str, list[str]] = {}
    link = create_open_link(
        assessment=seat.assessment, title="Working student", by=SYSTEM, now=timezone.now()
    )

    def look(name: str) -> None:
        for scheme in ("light", "dark"):
            # Nobody asked for less motion: a colour that glides would be caught on its way.
            page.emulate_media(color_scheme=scheme)
            for size, viewport in SIZES.items():
                page.set_viewport_size(viewport)
                found = violations(page)
                if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                    found.append("the page is wider than the screen")
                if found:
                    faults[f"{name}, {scheme}, {size}"] = found
                picture(page, f"open-link-{name}-{scheme}-{size}")

    page.goto(f"{seat.home}/apply/{link.public_id}/")  # type: ignore[attr-defined]
    look("ask")
    page.locator("#main-content form").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Send me the mail").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("refused")
    page.goto(f"{seat.home}/apply/{link.public_id}/sent/")  # type: ignore[attr-defined]
    look("sent")
    sign_up(link=link, full_name="Ada Lovelace", email="ada@example.com", language="en", now=timezone.now())
    page.goto(f"{seat.home}/confirm/{link_token(SignUp.objects.get().link)}/")  # type: ignore[attr-defined]
    look("confirm")

    assert faults == {}
