"""A sheet of another tool in a real browser: what its columns are, what is wrong, mended, imported, and once more."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import Page, expect

from questions.models import Question
from rendering.tables import write_csv
from tests.architecture.test_accessibility import OPTIONS as AXE_OPTIONS
from tests.factories.questions import make_bank
from tests.questions.pages.test_editing_in_browser import sign_in
from tests.questions.pages.test_files import worked

HEADERS = ["Frage", "Antwort 1", "Antwort 2", "Antwort 3", "Lösung", "Thema", "Punkte"]
COLUMNS = {
    "A Frage": "stem",
    "B Antwort 1": "option_1",
    "C Antwort 2": "option_2",
    "D Antwort 3": "option_3",
    "E Lösung": "correct_letters",
    "F Thema": "tags",
    "G Punkte": "points",
}
ROWS = 300


def sheet(*, wrong: bool) -> bytes:
    """So many questions; where `wrong`, one has no key, one a key that is no option, and one two options alike."""
    lines = [
        [f"What does `len(range({n}))` give?", str(n), str(n + 1), "an error", "A", "builtins", "2"]
        for n in range(ROWS)
    ]
    if wrong:
        lines[40][4], lines[90][4], lines[150][2] = "", "E", "150"
    return write_csv(HEADERS, lines)


def looked_at(page: Page, name: str) -> None:
    """Judge the page in light, in the dark and on a phone; keep pictures where somebody asked for them."""
    folder = os.environ.get("PICTURES")
    for look, scheme, width in (("desk", "light", 1280), ("dark", "dark", 1280), ("phone", "light", 375)):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        # The look is chosen while the page is loaded.
        page.reload()
        if name == "preview":
            page.locator("details.import-question summary").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") == width, (name, look)
        violations = Axe().run(page, options=AXE_OPTIONS).response["violations"]
        found = [(each["id"], node["target"]) for each in violations for node in each["nodes"]]
        assert found == [], (name, look)
        if folder:
            page.screenshot(path=Path(folder) / f"import-{name}-{look}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")


def choose(page: Page, *, wrong: bool) -> None:
    page.get_by_label("File", exact=True).set_input_files(
        {"name": "fragen.csv", "mimeType": "text/csv", "buffer": sheet(wrong=wrong)}
    )
    check(page)


def check(page: Page) -> None:
    page.get_by_role("button", name="Check the file").click()
    done(page)


def done(page: Page) -> None:
    """Wait for the page of the work, do it as a worker would, and look again."""
    expect(page.locator("#work-state")).to_be_visible()
    worked()
    page.reload()
    expect(page.locator("#work-state a.btn-primary")).to_be_visible()


def on(page: Page) -> None:
    page.locator("#work-state a.btn-primary").click()
    expect(page.locator("#work-state")).to_have_count(0)


@pytest.mark.django_db(transaction=True)
def test_sheet_with_errors_is_mapped_mended_imported_and_then_unchanged(live_server: Any, page: Page) -> None:
    bank = make_bank("bank")
    sign_in(page, live_server)
    page.goto(live_server.url + reverse("questions:import", args=[bank.slug]))
    choose(page, wrong=True)
    on(page)
    expect(page.get_by_role("heading", name="7 columns")).to_be_visible()
    looked_at(page, "columns")
    for label, field in COLUMNS.items():
        page.get_by_label(label).select_option(field)
    check(page)
    on(page)

    # What is wrong comes first, with row and column in columns of their own.
    cells = page.get_by_role("region", name="Errors").locator("tbody tr")
    expect(cells).to_have_count(3)
    told = [[cell.strip() for cell in row.inner_text().split("\t")[:2]] for row in cells.all()]
    assert sorted(told) == [["152", "C (Antwort 2)"], ["42", "E (Lösung)"], ["92", "E (Lösung)"]]
    looked_at(page, "errors")
    page.get_by_role("link", name="New 297").click()
    expect(page.locator("details.import-question")).to_have_count(20)
    expect(page.locator("details.import-question").first.locator(".option-shown")).to_have_count(3)
    looked_at(page, "preview")
    expect(page.locator("details.import-question .option-shown").first).to_be_visible()
    assert not Question.objects.exists()

    choose(page, wrong=False)
    on(page)
    expect(page.get_by_text("as you said last time for these headings")).to_be_visible()
    page.get_by_role("button", name="Import the questions").click()
    done(page)
    expect(page.get_by_text("300 new, 0 changed, 0 unchanged, 0 refused.")).to_be_visible()
    looked_at(page, "summary")
    assert Question.objects.filter(bank=bank).count() == ROWS

    page.goto(live_server.url + reverse("questions:import", args=[bank.slug]))
    choose(page, wrong=False)
    on(page)
    expect(page.get_by_text("There is nothing to import: all of it is here already.")).to_be_visible()
    looked_at(page, "unchanged")
