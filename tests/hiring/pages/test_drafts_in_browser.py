"""Résumés dropped in a real browser on the page of a job."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from hiring.models import ResumeDraft
from tests.factories.files import make_pdf
from tests.hiring.pages.house import make_house
from tests.hiring.pages.test_in_browser import _signed_in

DROP = """({ files, kind }) => {
  const held = new DataTransfer();
  for (const [name, text] of files) held.items.add(new File([text], name));
  const event = new DragEvent(kind, { dataTransfer: held, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


@pytest.mark.once
def test_resumes_are_dropped_anywhere_on_the_page_of_a_job_and_too_many_are_told(
    transactional_db: None, live_server: Any, page: Page
) -> None:
    house = make_house()
    _signed_in(page, live_server.url, house.recruiter)
    page.goto(f"{live_server.url}/admin/jobs/backend/")
    files = [[f"{name}.pdf", make_pdf([name]).decode("latin-1")] for name in ("ada", "bob")]

    page.evaluate(DROP, {"files": files, "kind": "dragenter"})
    expect(page.locator("body[data-dropping]")).to_have_count(1)
    page.evaluate(DROP, {"files": [[f"{number}.pdf", "x"] for number in range(31)], "kind": "drop"})
    expect(page.get_by_text("At most 30 files at once. Drop fewer of them.")).to_be_visible()
    expect(page.locator("body[data-dropping]")).to_have_count(0)
    assert not ResumeDraft.objects.exists()
    page.evaluate(DROP, {"files": files, "kind": "drop"})

    expect(page.get_by_text("2 résumés are drafts now.")).to_be_visible()
    assert set(ResumeDraft.objects.values_list("filename", flat=True)) == {"ada.pdf", "bob.pdf"}
