"""Banks by keyboard alone: what was found is left as it is, two versions are compared, many questions are changed, a
file is imported, limits are set.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.models import Actor
from outbox.models import Work
from questions import operations
from questions.enums import FindingState, Level
from questions.models import Question, QuestionFinding
from tests.factories.questions import NOW, key, make_bank, make_question, options
from tests.questions.pages.test_editing_in_browser import author  # noqa: F401 -- a fixture
from tests.questions.pages.test_files import worked
from tests.questions.pages.test_importing_in_browser import done

pytestmark = pytest.mark.once
SYSTEM = Actor.system()
# A page has so many places to stop at, the navigation among them.
MOST_STOPS = 120
GIFT = b"::one::What is it? {=A list ~A tuple}\n\n::none::Which? {~One ~Two}\n"


def reach(page: Page, target: Locator) -> None:
    """Press Tab until `target` has the focus, and see that the focus is shown."""
    expect(target).to_be_attached()
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            break
    expect(target).to_be_focused()
    assert target.evaluate(
        "each => [each, each.parentElement, each.closest('label, .pick, .choice')].some(one => one && "
        "(getComputedStyle(one).outlineStyle !== 'none' || getComputedStyle(one).boxShadow !== 'none'))"
    ), f"nothing shows that {target} has the focus"


def press(page: Page, target: Locator, pressed: str = "Enter") -> None:
    reach(page, target)
    page.keyboard.press(pressed)


def test_findings_are_left_as_they_are_by_keyboard(author: Page, live_server: Any) -> None:  # noqa: F811
    make_question(stem="Which of these is not a list?")
    author.goto(live_server.url + reverse("questions:review-queue"))

    press(author, author.locator("[name=finding]").first, "Space")
    expect(author.locator("[data-pick-count]")).to_have_text("1 finding chosen")
    press(author, author.get_by_role("button", name="Leave as it is…"))
    reason = author.get_by_label("Why it stays as it is")
    expect(reason).to_be_visible()
    reach(author, reason)
    author.keyboard.type("It is meant so.")
    author.keyboard.press("Enter")

    expect(author.get_by_text("1 finding stays as it is.")).to_be_visible()
    assert QuestionFinding.objects.get().state == FindingState.ACCEPTED


def test_two_versions_are_compared_by_keyboard(author: Page, live_server: Any) -> None:  # noqa: F811
    question = make_question()
    operations.edit_question(
        question=question,
        level="junior",
        intended_difficulty=2,
        skills=question.skills.all(),
        tags=[],
        stem="Another question?",
        options=options("abcd"),
        key=key("b"),
        by=SYSTEM,
        now=NOW + timedelta(days=1),
    )
    author.goto(live_server.url + reverse("admin:questions_question_change", args=[question.pk]))
    press(author, author.get_by_role("link", name="Read every version, and what changed"))
    expect(author.get_by_role("heading", name="Version 2")).to_be_visible()
    press(author, author.get_by_role("button", name="Show what differs"))

    expect(author.locator("ins").filter(has_text="Another").first).to_be_visible()


def test_many_questions_are_changed_by_keyboard(author: Page, live_server: Any) -> None:  # noqa: F811
    bank = make_bank()
    for _ in range(2):
        make_question(bank)
    author.goto(live_server.url + reverse("questions:questions"))
    for number in range(2):
        press(author, author.locator("[name=ids]").nth(number), "Space")
    press(author, author.get_by_role("button", name="Set the level…"))
    level = author.get_by_label("Level")
    expect(level).to_be_visible()
    reach(author, level)
    author.keyboard.type("Exp")
    press(author, author.locator("[name=look]"))
    expect(author.get_by_role("cell").filter(has_text="Level:")).to_have_count(2)
    press(author, author.locator("[name=confirm]"))
    expect(author.locator("#work-state")).to_be_visible()
    worked()

    assert set(Question.objects.values_list("level", flat=True)) == {Level.EXPERIENCED}


def test_actions_of_the_menu_are_reached_by_keyboard(author: Page, live_server: Any) -> None:  # noqa: F811
    make_question()
    author.goto(live_server.url + reverse("questions:questions"))
    press(author, author.locator("[name=ids]").first, "Space")
    press(author, author.locator(".bulk-bar summary"))
    press(author, author.get_by_role("button", name="Let them rest…"))
    press(author, author.locator("[name=confirm]"))
    expect(author.locator("#work-state")).to_be_visible()
    worked()

    assert Question.objects.get().rested_at is not None


def test_a_file_is_imported_by_keyboard(author: Page, live_server: Any) -> None:  # noqa: F811
    bank = make_bank()
    author.goto(live_server.url + reverse("questions:import", args=[bank.slug]))
    # The dialog of the system is not ours; whoever closes it stands where they opened it.
    field = author.get_by_label("File", exact=True)
    reach(author, field)
    field.set_input_files({"name": "some.gift", "mimeType": "text/plain", "buffer": GIFT})
    press(author, author.get_by_role("button", name="Check the file"))
    done(author)
    press(author, author.locator("#work-state a.btn-primary"))
    expect(author.get_by_role("region", name="Errors")).to_be_visible()
    reach(author, author.get_by_role("link", name="New 1"))
    author.keyboard.press("Enter")
    expect(author.locator("details.import-question")).to_have_count(1)
    press(author, author.locator("details.import-question summary"))
    expect(author.locator("details.import-question .option-shown").first).to_be_visible()

    assert Work.objects.count() == 1
    assert not Question.objects.exists()


def test_limits_are_set_by_keyboard(author: Page, live_server: Any) -> None:  # noqa: F811
    question = make_question()
    author.goto(live_server.url + reverse("questions:bank-exposure", args=[question.bank.slug]))
    reach(author, author.locator(f"[name=limit-{question.pk}]"))
    author.keyboard.type("20")
    author.keyboard.press("Enter")

    expect(author.get_by_text("1 limit is saved.")).to_be_visible()
    question.refresh_from_db()
    assert question.rests_after == 20
