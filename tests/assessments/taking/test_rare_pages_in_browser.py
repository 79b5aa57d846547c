"""Pages and states that are rare: by the rules of WCAG in light and dark, on a desk and on a phone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Actor
from assessments.models import Attempt
from assessments.operations import revoke_invitation, void_attempt
from questions.models import Skill
from tests.assessments.taking.places import Place, in_order, make_place
from tests.assessments.taking.test_browser import (
    SIZES,
    go_to,
    is_saved,
    open_link,
    picture,
    seat,  # noqa: F401 -- a fixture
    shorten,
    start,
    violations,
)
from tests.factories.assessments import write_score

SYSTEM = Actor.system()


@pytest.mark.looks
def test_pages_that_refuse_warn_or_tell_a_result_shut_nobody_out(seat: Place, page: Page) -> None:  # noqa: F811
    faults: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for size, viewport in SIZES.items():
                page.set_viewport_size(viewport)
                if found := violations(page):
                    faults[f"{name}, {scheme}, {size}"] = found
                picture(page, f"rare-{name}-{scheme}-{size}")

    in_order(seat, candidate_sees="skills")
    open_link(page, seat)
    page.locator(".start-form").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Start the test").click()
    expect(page.get_by_role("alert")).to_be_focused()
    look("briefing-refused")
    go_to(page, seat, "more-time/")
    look("more-time")
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    page.get_by_role("button", name="Send this request").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look("more-time-refused")
    start(page, seat)
    page.locator(".option label").first.click()
    is_saved(page)
    shorten(seat, 58)
    Attempt.objects.update(started_at=timezone.now() - timedelta(minutes=39))
    page.reload()
    expect(page.get_by_role("timer")).to_have_class("timer is-last-minute")
    for hidden in ("#conflict", "#elsewhere"):
        page.locator(hidden).evaluate("element => { element.hidden = false; }")
    shorten(seat, 600)
    look("question-of-the-last-minute")
    go_to(page, seat, "overview/")
    page.get_by_role("button", name="Submit my answers").click()
    page.get_by_role("button", name="Submit anyway").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your test is finished")
    skill = Skill.objects.create(slug="routing", name="Routing")
    write_score(seat.attempt, by_skill=[{"skill": skill.pk, "marks": "1/3", "possible": "2", "questions": 2}])
    page.reload()
    expect(page.get_by_text("Routing")).to_be_visible()
    look("finished-with-skills")
    void_attempt(attempt=seat.attempt, reason="Somebody else", by=SYSTEM, now=timezone.now())
    page.reload()
    look("void")
    gone = make_place(assessment=seat.assessment)
    gone.home = seat.home  # type: ignore[attr-defined]
    link = f"{seat.home}/t/{gone.token}/"  # type: ignore[attr-defined]
    revoke_invitation(invitation=gone.invitation, by=SYSTEM, now=timezone.now())
    page.goto(link)
    look("withdrawn")

    assert faults == {}
