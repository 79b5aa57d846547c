"""Marking again in a real browser: the look, the decision and the result, for everybody and by keyboard alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.enums import Role
from assessments.enums import RegradeState
from assessments.models import RegradeRequest
from outbox.models import Work
from outbox.operations import run_due_work
from tests.architecture.test_accessibility import DESK, NAVIGATION, look, sign_in, violations
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment, make_finished, make_person, make_regrade
from tests.questions.pages.test_keyboard_in_browser import press, reach

pytestmark = pytest.mark.once
NARROW: Any = {"width": 320, "height": 640}
LONG = "Wolfeschlegelsteinhausenbergerdorff"


@pytest.fixture
def regrade(transactional_db: None) -> RegradeRequest:
    """A mended key that makes a pass of nothing right, of a person with a long name."""
    assessment = make_assessment(questions=2, pass_mark=50, borderline_from=40)
    return make_regrade(make_finished(assessment, right=0, person=make_person(LONG)))


def work_off() -> None:
    while run_due_work(now=max(Work.objects.values_list("due_at", flat=True)) + timedelta(seconds=1)):
        pass


def judged(page: Page, name: str) -> list[str]:
    """What is wrong with the page on a desk and, in the dark, on a small phone."""
    faults = []
    for scheme, size in (("light", DESK), ("dark", NARROW)):
        look(page, scheme, size)
        page.reload()
        faults += [f"{name}, {scheme}: {each}" for each in violations(page, without=NAVIGATION)]
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > size["width"]:
            faults.append(f"{name}, {scheme}: {wide} wide")
    look(page, "light", DESK)
    return faults


def test_marking_again_shuts_nobody_out_and_goes_by_keyboard(
    live_server: Any, page: Page, regrade: RegradeRequest
) -> None:
    one = live_server.url + reverse("assessments:regrade", args=[regrade.pk])
    sign_in(page, live_server.url, make_user(Role.ADMINISTRATOR))
    page.goto(live_server.url + reverse("assessments:regrades"))
    faults = judged(page, "what waits")
    page.goto(one)
    faults += judged(page, "before the look")

    press(page, page.get_by_role("button", name="Look at what would change"))
    expect(page.locator("#work-state")).to_be_visible()
    faults += judged(page, "the work")
    work_off()
    page.goto(one)
    expect(page.get_by_role("heading", name="Whose result changes")).to_be_visible()
    expect(page.get_by_role("rowheader", name=LONG)).to_be_visible()
    faults += judged(page, "the look")

    reason = page.get_by_label("Why")
    reach(page, reason)
    page.keyboard.type("b is right")
    press(page, page.get_by_role("button", name="Mark 1 attempt again"))
    expect(page.locator("#work-state")).to_be_visible()
    page.goto(one)
    expect(page.get_by_text("The attempts are being marked again.")).to_be_visible()
    faults += judged(page, "while they are marked")
    work_off()
    page.goto(one)
    expect(page.get_by_text("b is right")).to_be_visible()
    faults += judged(page, "the result")

    assert faults == []
    assert RegradeRequest.objects.get().state == RegradeState.DONE
