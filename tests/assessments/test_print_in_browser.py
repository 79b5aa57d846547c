"""What comes out of a printer: one attempt, and the results of a test, printed by a real browser."""

from __future__ import annotations

import re
from typing import Any

import pypdfium2
import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.enums import Role
from tests.architecture.test_accessibility import sign_in
from tests.factories.accounts import make_user
from tests.factories.assessments import make_assessment, make_finished, make_person
from tests.factories.questions import make_bank, make_question

LONG_LINE = "total = " + " + ".join(f"part_{number}" for number in range(40))
LONG_WORD = "value_" + "of_something_" * 12 + "end"
STEMS = (
    "What does `len` count?",
    f"What is the total?\n\n```python\n{LONG_LINE}\n```",
    f"What is `{LONG_WORD}`?",
)
# A sheet of A4 without its margins, in the pixels of a page.
UPRIGHT = {"width": 718, "height": 1047}
# What of the page is cut off or would have to be scrolled to be read.
CUT = """() => [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility({visibilityProperty: true}) && !each.closest(".visually-hidden"))
    .filter((each) => getComputedStyle(each).overflowX !== "visible" && each.scrollWidth > each.clientWidth + 1)
    .map((each) => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 60)}`)"""
TO_PRESS = "button, input:not([type=hidden]), select, .btn, #nav-sidebar, nav, .skip-link"


def printed(page: Page) -> str:
    """Print the page; return its text without any space, and fail where a letter lies beside the paper."""
    document = pypdfium2.PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    texts = []
    try:
        for sheet in document:
            text = sheet.get_textpage()
            width = sheet.get_width()
            boxes = [text.get_charbox(place) for place in range(text.count_chars())]
            assert [box for box in boxes if box[0] < 0 or box[2] > width] == []
            texts.append(text.get_text_range())
    finally:
        document.close()
    return squeezed("".join(texts))


def squeezed(text: str) -> str:
    """Where a line ends is up to the paper."""
    return re.sub(r"[\s\ufffe\xad]", "", text)


def pressed(page: Page) -> list[str]:
    """What is on the paper and could only be pressed."""
    found = [each for each in page.locator(TO_PRESS).all() if each.is_visible()]
    return [each.evaluate("element => element.outerHTML.slice(0, 120)") for each in found]


@pytest.fixture
def staff(transactional_db: None, live_server: Any, page: Page) -> Page:
    """A recruiter's browser that shows what a printer gets."""
    sign_in(page, live_server.url, make_user(Role.RECRUITER))
    page.set_viewport_size(UPRIGHT)
    page.emulate_media(media="print")
    return page


@pytest.mark.looks
def test_attempt_on_paper_has_every_question_answer_key_and_mark(staff: Page, live_server: Any) -> None:
    bank = make_bank()
    for stem in STEMS:
        make_question(bank, stem=stem)
    attempt = make_finished(
        make_assessment(bank=bank, count=len(STEMS)), person=make_person("Ada Sample"), right=1
    )
    staff.goto(live_server.url + reverse("assessments:attempt", args=[attempt.pk]))
    expect(staff.get_by_role("heading", level=1)).to_contain_text("Ada Sample")

    text = printed(staff)

    assert pressed(staff) == []
    assert staff.evaluate(CUT) == []
    assert "AdaSample" in text
    for stem in ("Whatdoeslencount?", squeezed(LONG_LINE), f"Whatis{LONG_WORD}?"):
        assert stem in text
    for number, mark in enumerate(("1of1", "0of1", "0of1"), start=1):
        assert f"Question{number}{mark}" in text
    for letter in "abcd":
        assert text.count(f"Option{letter}") == len(STEMS)
    # One option is both, in two questions one is chosen and another one right.
    assert text.count("chosenright") == 1
    assert text.count("chosen") == len(STEMS)
    assert staff.locator(".answer-option .pill-good:visible").count() == len(STEMS)
    assert "33%" in text
    assert "1of3marks" in text
    assert "DownloadPDF" not in text


@pytest.mark.looks
def test_results_on_paper_have_everybody_in_every_usual_column(staff: Page, live_server: Any) -> None:
    assessment = make_assessment(questions=10)
    people = {f"Person {number} with Several Names": number for number in range(1, 11)}
    for name, right in people.items():
        make_finished(assessment, person=make_person(name), right=right)
    staff.set_viewport_size({"width": UPRIGHT["height"], "height": UPRIGHT["width"]})
    staff.goto(live_server.url + reverse("assessments:results", args=[assessment.slug]))
    expect(staff.locator("tbody tr")).to_have_count(len(people))

    text = printed(staff)

    assert pressed(staff) == []
    assert staff.evaluate(CUT) == []
    for name, right in people.items():
        assert squeezed(name) in text
        assert f"{10 * right}%" in text
    for heading in ("Rank", "Name", "State", "Score", "By skill", "Time used", "Integrity", "Finished"):
        assert squeezed(heading).lower() in text.lower()
    assert "Passed" in text
    assert "Belowtheline" in text
    assert "CSV" not in text
