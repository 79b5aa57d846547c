"""Every page of the shell by the rules of WCAG 2.2 A and AA, as far as a program can judge them, and on a telephone.

The list of pages is the one of `permissions`, so a new page is judged from its first day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Error, Page

from accounts.models import User
from questions.models import AnswerKey
from tests.architecture.permissions import EXPORTS, PAGES, TABLES
from tests.architecture.test_permissions import admin_names, value
from tests.architecture.world import World, make_world
from tests.factories.assessments import make_draft

pytestmark = pytest.mark.looks

AXE = Axe()
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],
    # Loads files for rules about films and sound, of which there are none.
    "preload": False,
}
NAVIGATION = "#nav-sidebar"
# How wide a page is that is wider than its screen, and what of it reaches beyond the right edge and scrolls inside
# nothing of its own.
TOO_WIDE = """() => {
    const width = document.documentElement.scrollWidth;
    if (width <= innerWidth) return [];
    const scrolls = (each) => each && (getComputedStyle(each).overflowX !== "visible" || scrolls(each.parentElement));
    const beyond = [...document.querySelectorAll("body *")]
        .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !scrolls(each.parentElement))
        .map((each) => `${each.tagName}.${each.className} ${each.textContent.trim().slice(0, 60)}`);
    return [`${width} wide`, ...beyond.slice(0, 3)];
}"""
UNFOLD = """() => {
    for (const each of document.querySelectorAll("#main-content details, main details")) each.open = true;
}"""
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 375, "height": 740}
# What these answer with is no page: a file, a part of a page, or an address that is left at once.
NO_PAGES = set(EXPORTS) | {
    "look",
    "assessments:attempt-pdf",
    "hiring:board-column",
    "hiring:document-page",
    "hiring:document-download",
    "hiring:draft-download",
    "hiring:write-anywhere",
    "hiring:import-sample",
    "hiring:import-people-sample",
    "careers:rss",
    "careers:json",
    "healthz",
    "readyz",
    "metrics",
    "admin:questions_question_keep",
    "admin:search",
    "admin:login",
    "admin:app_list",
    "account_login",
    "account_signup",
    "account_confirm_login_code",
}
PREVIEWED = {"preview:test", "preview:finished", "trial:test"}
# One of each structure: start, figures, people of a job, one person, a list, a form, a wizard, a mail.
ON_A_PHONE = {
    "admin:index",
    "hiring:dashboard",
    "hiring:report",
    "hiring:job",
    "hiring:board",
    "hiring:application",
    "hiring:results",
    "assessments:results",
    "assessments:attempt",
    "outbox:mail",
    "outbox:notifications",
    "admin:questions_question_changelist",
    "admin:questions_question_change",
    "admin:candidates_candidate_add",
}


@dataclass(frozen=True)
class Known:
    """A fault in the markup of a library that no template or style of ours can reach."""

    rule: str
    markup: str
    reason: str


UPSTREAM = (
    Known(
        "list",
        '<ul class="select2-selection__rendered">',
        "Select2 writes the sign that clears a choice of several into the list of what is chosen, each time anew.",
    ),
)


def pages_of_shell(world: World) -> Iterator[tuple[str, str]]:
    """Name and address of what an administrator can look at and which is no list or form of the admin's own."""
    for line in PAGES:
        # A preview that was not started leads from everywhere to its beginning.
        is_elsewhere = line.name.startswith(("preview:", "trial:")) and line.name not in PREVIEWED
        if line.method == "get" and "A" in line.who and line.name not in NO_PAGES and not is_elsewhere:
            yield (
                line.name,
                reverse(line.name, kwargs={n: value(world.ids, p) for n, p in line.parts.items()}),
            )
    draft = make_draft()
    for name in ("rules", "publish"):
        yield f"assessments:{name}", reverse(f"assessments:{name}", args=[draft.slug])


def lists_and_forms(world: World, tables: Iterable[str] = TABLES) -> Iterator[tuple[str, str]]:
    """Name and address of each list, form of a new row and form of a row that an administrator can open."""
    for label in tables:
        table = TABLES[label]
        names = admin_names(label)
        yield names["changelist"], reverse(names["changelist"])
        if "A" in table.add:
            yield names["add"], reverse(names["add"])
        yield names["change"], reverse(names["change"], args=[value(world.ids, table.row).pk])


def two_lists_with_forms(world: World) -> Iterator[tuple[str, str]]:
    """Those with the most in them. All are made by the same templates, and judging all takes a minute."""
    return lists_and_forms(world, ["questions.Question", "accounts.User"])


@pytest.mark.parametrize(
    "addresses",
    [pages_of_shell, two_lists_with_forms, pytest.param(lists_and_forms, marks=pytest.mark.stress)],
)
def test_pages_shut_nobody_out_and_are_no_wider_than_a_telephone(
    transactional_db: None,
    live_server: Any,
    page: Page,
    addresses: Callable[[World], Iterator[tuple[str, str]]],
) -> None:
    world = make_world()
    AnswerKey.objects.update(
        explanation="`db.select(Book).options(joinedload(Book.author).joinedload(Author.all))`"
    )
    sign_in(page, live_server.url, world.users["administrator"])
    faults: dict[str, list[str]] = {}
    seen: set[str] = set()

    for name, address in addresses(world):
        look(page, "light", DESK)
        answer = page.goto(live_server.url + address)
        if answer is None or not answer.header_value("Content-Type").startswith("text/html"):
            continue  # for machines, which need no page
        if answer.url.partition("?")[0] in seen:
            continue  # several addresses lead to one page
        seen.add(answer.url.partition("?")[0])
        # The navigation is the same everywhere.
        faults[address] = violations(page, without="" if name in ON_A_PHONE else NAVIGATION)
        if name in ON_A_PHONE:
            look(page, "dark", PHONE)
            faults[f"{address} on a phone in the dark"] = violations(page)
        look(page, "light", PHONE)
        page.evaluate(UNFOLD)
        faults[f"{address} on a phone"] = what_is_too_wide(page)

    assert len(seen) > (len(NO_PAGES) if addresses is pages_of_shell else 3)
    assert {address: found for address, found in faults.items() if found} == {}
    page.troubles.clear()  # type: ignore[attr-defined]  # some pages are answers 404 by their nature


def look(page: Page, scheme: Any, size: Any) -> None:
    # Colours that are on their way from light to dark are neither.
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.set_viewport_size(size)


def what_is_too_wide(page: Page) -> list[str]:
    # Charts follow a new width some frames later.
    with suppress(Error):
        page.wait_for_function("document.documentElement.scrollWidth <= innerWidth", timeout=2_000)
    found: list[str] = page.evaluate(TOO_WIDE)
    return found


def sign_in(page: Page, address: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": address} for name, cookie in client.cookies.items()]
    )


def violations(page: Page, *, without: str = "") -> list[str]:
    # What scripts make of a page is part of it.
    page.evaluate("new Promise(done => window.django?.jQuery ? django.jQuery(() => done()) : done())")
    found = AXE.run(page, {"exclude": [[without]]} if without else None, OPTIONS).response["violations"]
    return [
        f"{each['id']}: {node['html'][:200]} {node['target']}"
        for each in found
        for node in each["nodes"]
        if not any(each["id"] == known.rule and node["html"].startswith(known.markup) for known in UPSTREAM)
    ]
