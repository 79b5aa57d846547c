"""The report of a check on its page: one kind of line at a time, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import QueryDict
from django.utils.translation import gettext as _

from outbox.models import Work
from questions import queries
from questions.enums import Found, Kind
from questions.models import ImportLine, QuestionVersion
from questions.queries.differences import Difference, drafts_difference
from rendering.markdown import MarkdownTooLongError, RenderedQuestion
from shell.columns import page_links

# Lines of a table, and questions as candidates see them, each a card.
LINES, QUESTIONS = 100, 20
COMES_IN: Final = (Found.NEW, Found.CHANGED)


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question that comes in, as candidates will see it; None for one that no page shows. `difference` is that of a
    changed one from what is here."""

    line: ImportLine
    title: str
    rendered: RenderedQuestion | None
    difference: Difference | None

    @property
    def is_single(self) -> bool:
        return bool(self.line.shown["kind"] == Kind.SINGLE)

    @property
    def is_open(self) -> bool:
        return bool(self.line.shown["kind"] == Kind.OPEN)


def import_report(check: Work, wanted: QueryDict) -> dict[str, Any]:
    """Return what the page of a finished check shows of its lines. Two queries, whatever their number.

    `wanted` is the address: "show" is what was found, "page" which page of it. Without it what is wrong comes first.
    """
    counts = {found: int(check.result.get("found", {}).get(found.value, 0)) for found in Found}
    # With the file its lines are forgotten.
    there = [found for found, count in counts.items() if count and check.file]
    shown = next((found for found in there if found == wanted.get("show")), there[0] if there else None)
    lines = ImportLine.objects.filter(work=check, found=shown or "").order_by("number")
    page = Paginator(lines, QUESTIONS if shown in COMES_IN else LINES).get_page(wanted.get("page"))
    found = list(page.object_list)
    places = _places(found)
    return {
        "tabs": [
            {
                "label": tab.label,
                "count": counts[tab],
                "url": f"?check={check.public_id}&show={tab.value}",
                "is_current": tab == shown,
            }
            for tab in there
        ],
        "shown": shown,
        "page": page,
        "page_links": page_links(page, wanted),
        "places": places,
        "lines": [(line, _cells(line, places)) for line in found] if shown not in COMES_IN else [],
        "cards": [(_shown(line), _cells(line, places)) for line in found] if shown in COMES_IN else [],
    }


@dataclass(frozen=True, slots=True)
class Place:
    """A part that places have in a file: a table has rows, a text has lines."""

    name: str
    words: str
    is_number: bool = True


def _places(lines: list[ImportLine]) -> list[Place]:
    """Return those that these lines have."""
    known = [
        Place("part", _("File"), is_number=False),
        Place("question", _("Question")),
        Place("line", _("Line")),
        Place("row", _("Row")),
        Place("column", _("Column"), is_number=False),
    ]
    return [place for place in known if any(getattr(line, place.name) for line in lines)]


def _cells(line: ImportLine, places: list[Place]) -> list[tuple[Place, Any]]:
    return [(place, getattr(line, place.name)) for place in places]


def _shown(line: ImportLine) -> ShownQuestion:
    version = QuestionVersion(stem=line.shown["stem"], options=line.shown["options"])
    try:
        rendered = queries.rendered(version)
    except MarkdownTooLongError:
        rendered = None
    before = line.shown.get("before")
    difference = drafts_difference(before, line.shown) if before else None
    return ShownQuestion(line, queries.plain_stem(line.shown["stem"]), rendered, difference)
