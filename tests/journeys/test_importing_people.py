"""A table of another system in a real browser: what its columns are, what is wrong with it, and then all of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from rendering.tables import write_csv
from tests.journeys.office import RECRUITER, Office
from tests.journeys.walk import picture, sign_in, until_done

HEADERS = ["Who", "Reach them at", "Came on", "Known for", "Rating"]
COLUMNS = {
    "A Who": "name",
    "B Reach them at": "email",
    "C Came on": "applied_at",
    "D Known for": "tags",
    "E Rating": "",
}


def table(rows: int, *, wrong: bool) -> bytes:
    """So many people; where `wrong`, an address, a date and a name in the middle of them are none."""
    lines = [
        [f"Person {n} of {rows}", f"person{n}.of{rows}@example.net", "2026-05-01", "maps", str(n % 5)]
        for n in range(rows)
    ]
    if wrong:
        lines[40][1], lines[90][2], lines[150][0] = "at home", "the other day", ""
    return write_csv(HEADERS, lines)


def read(page: Page, office: Office, job: str, content: bytes) -> None:
    """Upload a table, wait until it is read, and go on to its columns."""
    page.goto(f"{office.system.address}/admin/jobs/{job}/import/")
    page.get_by_label("File").set_input_files(
        {"name": "people.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.get_by_role("button", name="Read the file").click()
    until_done(page)
    page.locator("#work-state a.btn-primary").click()
    expect(page.get_by_role("heading", name="5 columns")).to_be_visible()


def check(page: Page) -> None:
    page.get_by_role("button", name="Check the file").click()
    until_done(page)


@pytest.mark.parametrize("rows", [200, pytest.param(2_000, marks=pytest.mark.stress)])
def test_table_with_errors_is_mended_and_imported_with_the_columns_as_they_were_said(
    embedded_office: Office, page: Page, rows: int
) -> None:
    office, desk = embedded_office, embedded_office.desk
    job = desk.open_busy_job(title=f"Archivist {rows}", recruiter=RECRUITER, sends="")["slug"]
    sign_in(page, office.system, RECRUITER)

    read(page, office, job, table(rows, wrong=True))
    for label, field in COLUMNS.items():
        page.get_by_label(label).select_option(field)
    picture(page, office.system, "import-columns")
    check(page)
    expect(page.get_by_role("heading", name="3 rows need you")).to_be_visible()
    found = page.get_by_role("region", name="Rows that need you").locator("tbody tr")
    told = [line.inner_text().split("\t")[:2] for line in found.all()]
    # The headers are the first row of the file.
    assert told == [["42", "Reach them at"], ["92", "Came on"], ["152", "Who"]]
    picture(page, office.system, "import-errors")
    assert desk.people_of(job=job) == 0

    read(page, office, job, table(rows, wrong=False))
    expect(page.get_by_text("As you chose last time for these headers.")).to_be_visible()
    for label, field in COLUMNS.items():
        expect(page.get_by_label(label)).to_have_value(field)
    check(page)
    page.locator("#work-state a.btn-primary").click()
    picture(page, office.system, "import-preview")
    page.get_by_role("button", name=f"Import {rows} people").click()
    until_done(page)
    assert desk.people_of(job=job) == rows
    page.goto(f"{office.system.address}/admin/jobs/{job}/board/")
    applied = page.locator(".board-column").first
    expect(applied.locator(".board-count")).to_have_text(re.compile(rf"^{rows:,}$|^{rows}$"))
