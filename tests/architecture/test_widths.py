"""No page of the shell is wider than a telephone, with everything on it unfolded."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from questions.models import AnswerKey
from tests.architecture.test_accessibility import NO_PAGES, PHONE, look, pages_of_shell, sign_in
from tests.architecture.world import make_world

# What reaches beyond the right edge and scrolls inside nothing of its own.
TOO_WIDE = """() => {
    for (const each of document.querySelectorAll("#main-content details, main details")) each.open = true;
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const scrolls = (each) => each && (getComputedStyle(each).overflowX !== "visible" || scrolls(each.parentElement));
    return [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !scrolls(each.parentElement))
        .map((each) => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 60)}`)
        .slice(0, 3);
}"""


@pytest.mark.looks
def test_no_page_is_wider_than_a_telephone(transactional_db: None, live_server: Any, page: Page) -> None:
    world = make_world()
    AnswerKey.objects.update(
        explanation="`db.select(Book).options(joinedload(Book.author).joinedload(Author.all))`"
    )
    sign_in(page, live_server.url, world.users["administrator"])
    look(page, "light", PHONE)
    faults: dict[str, list[str]] = {}
    seen: set[str] = set()

    for name, address in pages_of_shell(world):
        answer = page.goto(live_server.url + address)
        if answer is None or not answer.header_value("Content-Type").startswith("text/html"):
            continue  # for machines, which need no page
        if answer.url.partition("?")[0] not in seen:
            seen.add(answer.url.partition("?")[0])
            faults[f"{name} {address}"] = page.evaluate(TOO_WIDE)

    assert len(seen) > len(NO_PAGES)
    assert {address: found for address, found in faults.items() if found} == {}
    page.troubles.clear()  # type: ignore[attr-defined]  # some pages are answers 404 by their nature
