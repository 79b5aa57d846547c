"""A whole test of two parts, with a problem told and the language changed: by keys alone, and without scripts."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, expect

from assessments.models import ProblemReport
from tests.assessments.taking.places import Place, in_order, in_two_parts
from tests.assessments.taking.test_browser import (
    is_saved,
    open_link,
    picture,
    press_start,
    seat,  # noqa: F401 -- a fixture
)

REPORT = "Report a problem with this question"
THANKS = "Thank you. Your report is stored for the people who write the questions."


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def reports() -> list[tuple[int, str, str]]:
    rows = ProblemReport.objects.order_by("pk")
    return list(rows.values_list("position", "kind", "text"))


def test_a_whole_test_by_keyboard_alone(seat: Place, page: Page) -> None:  # noqa: F811
    in_order(seat)
    in_two_parts(seat)
    open_link(page, seat)

    def tab_to(name: str, *, limit: int = 40) -> None:
        for _ in range(limit):
            page.keyboard.press("Tab")
            focused = page.evaluate(
                "[document.activeElement.name, document.activeElement.value, document.activeElement.textContent.trim()]"
            )
            if name in focused:
                return
        raise AssertionError(f"{name} cannot be reached by the Tab key")

    def press(name: str) -> None:
        tab_to(name)
        page.keyboard.press("Enter")

    def answer(position: int) -> None:
        heading(page, f"Question {position} of 4")
        expect(page.locator("#heading")).to_be_focused()
        tab_to("answer")
        page.keyboard.press("Space")
        is_saved(page)

    tab_to("consent")
    page.keyboard.press("Space")
    press("Start the test")
    answer(1)
    press(REPORT)
    tab_to("problem_kind")
    page.keyboard.press("ArrowDown")
    tab_to("problem_text")
    page.keyboard.type("It has two right answers")
    press("Send the report")
    expect(page.locator("#problem-reply")).to_have_text(THANKS)
    press("Next")
    answer(2)
    press("Flag")
    expect(page.locator(".move-flag")).to_have_attribute("aria-pressed", "true")
    press("Deutsch")
    heading(page, "Frage 2 von 4")
    expect(page.locator("#heading")).to_be_focused()
    press("English")
    heading(page, "Question 2 of 4")
    expect(page.locator("#heading")).to_be_focused()
    press("Review")
    expect(page.get_by_text("2 of 2 answered, 1 flagged.")).to_be_visible()
    press("Finish this part")
    heading(page, "Part 2 of 2: Answers")
    press("Start this part")
    answer(3)
    press("Next")
    answer(4)
    press("Review")
    expect(page.get_by_text("2 of 2 answered.")).to_be_visible()
    press("Submit my answers")

    heading(page, "Your test is finished")
    assert seat.attempt.state == "submitted"
    assert all(row.answer for row in seat.attempt.questions.all())
    [(position, kind, text)] = reports()
    assert (position, bool(kind), text) == (1, True, "It has two right answers")


def test_a_whole_test_without_scripts(seat: Place, browser: Browser) -> None:  # noqa: F811
    in_order(seat)
    in_two_parts(seat)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    def press(name: str) -> None:
        page.get_by_role("button", name=name, exact=True).click()

    def answer(position: int) -> None:
        heading(page, f"Question {position} of 4")
        page.locator("input[name=answer]").nth(1).check()

    press_start(page, seat)
    expect(page.locator("#saved")).to_have_text("Saved when you move on")
    picture(page, "question-noscript")
    answer(1)
    page.get_by_text(REPORT).click()
    page.locator("input[name=problem_kind]").first.check()
    page.locator("#problem-text").fill("It has no right answer")
    press("Send the report")
    expect(page.locator("#note")).to_have_text(THANKS)
    expect(page.locator("input[name=answer]").nth(1)).to_be_checked()
    press("Next")
    answer(2)
    press("Deutsch")
    heading(page, "Frage 2 von 4")
    expect(page.locator("input[name=answer]").nth(1)).to_be_checked()
    press("English")
    press("Flag")
    press("Review")
    expect(page.get_by_text("2 of 2 answered, 1 flagged.")).to_be_visible()
    page.get_by_role("link", name="Question 2 answered flagged").click()
    heading(page, "Question 2 of 4")
    press("Overview")
    press("Finish this part")
    heading(page, "Part 2 of 2: Answers")
    press("Start this part")
    answer(3)
    press("Next")
    answer(4)
    press("Review")
    expect(page.get_by_text(re.compile("^2 of 2 answered"))).to_be_visible()
    press("Submit my answers")
    heading(page, "Your test is finished")
    context.close()

    assert seat.attempt.submitted_by == "candidate"
    assert all(row.answer == [row.option_order[1]] for row in seat.attempt.questions.all())
    assert [(position, text) for position, _kind, text in reports()] == [(1, "It has no right answer")]
