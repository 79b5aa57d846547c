"""The handbook: Markdown files beside this one, read once, shown in the shell and found by the search box."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Final

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Actor
from rendering.markdown import Document, Heading, render_document
from shell.registries import SearchHit

FOLDER: Final = Path(__file__).parent / "handbook"
PICTURES: Final = "shell/handbook/"
MOST_HITS: Final = 5
SNIPPET: Final = 90

_NAME = re.compile(r"(?P<number>\d\d)-(?P<slug>[a-z-]+)\.md", re.ASCII)
_LINK = re.compile(r"(?:\d\d-)?(?P<slug>[a-z-]+)\.md(?P<anchor>#[\w-]+)?")


@dataclass(frozen=True)
class Chapter:
    """One file of the handbook."""

    slug: str
    number: int
    document: Document

    @property
    def title(self) -> str:
        """What it is called."""
        return self.document.title

    @property
    def url(self) -> str:
        """Where it is read."""
        return reverse("shell:chapter", args=[self.slug])


@dataclass(frozen=True)
class Found:
    """A place in the handbook that holds what was looked for; `heading` is None for a whole chapter."""

    chapter: Chapter
    heading: Heading | None
    snippet: str

    @property
    def url(self) -> str:
        """Where it is read."""
        return f"{self.chapter.url}#{self.heading.anchor}" if self.heading else self.chapter.url


@cache
def chapters() -> tuple[Chapter, ...]:
    """Return all chapters in their order. Read and rendered once a process: they come with the code."""
    found = [(name, path) for path in FOLDER.glob("*.md") if (name := _NAME.fullmatch(path.name))]
    return tuple(
        Chapter(
            slug=name["slug"],
            number=int(name["number"]),
            document=render_document(
                path.read_text(encoding="utf-8"),
                link=_address,
                picture=_picture,
                media_prefix=f"{settings.STATIC_URL}{PICTURES}",
            ),
        )
        for name, path in sorted(found, key=lambda pair: pair[0]["number"])
    )


def chapter(slug: str) -> Chapter:
    """Return one chapter. Raises `LookupError`."""
    for each in chapters():
        if each.slug == slug:
            return each
    raise LookupError(f"The handbook has no chapter {slug!r}.")


def place(slug: str, anchor: str) -> tuple[str, str]:
    """Return the title of a chapter and the address of the place `anchor` in it. Raises `LookupError`."""
    found = chapter(slug)
    if anchor not in {heading.anchor for heading in found.document.headings}:
        raise LookupError(f"The chapter {slug!r} has no place {anchor!r}.")
    return found.title, f"{found.url}#{anchor}"


def find(term: str) -> list[Found]:
    """Return the places that hold every word of `term`, those first that have them in their heading."""
    words = term.casefold().split()
    if not words:
        return []
    ranked = [(rank, found) for found in _places() if (rank := _rank(found, words)) is not None]
    return [
        Found(found.chapter, found.heading, _snippet(found.snippet, words[0]))
        for _rank_of, found in sorted(ranked, key=lambda pair: pair[0])
    ]


def search(actor: Actor, term: str) -> list[SearchHit]:
    """Return what the search box shows of the handbook, which is open to everyone who signs in."""
    return [
        SearchHit(
            title=found.heading.words if found.heading else found.chapter.title,
            text=_("Handbook: %(chapter)s") % {"chapter": found.chapter.title},
            url=found.url,
            icon="menu_book",
        )
        for found in find(term)[:MOST_HITS]
    ]


def _places() -> Iterator[Found]:
    for each in chapters():
        yield Found(each, None, each.document.lead)
        for heading in each.document.headings:
            yield Found(each, heading, heading.text)


def _rank(found: Found, words: list[str]) -> int | None:
    title = (found.heading.words if found.heading else found.chapter.title).casefold()
    if all(word in title for word in words):
        return 0
    text = f"{title} {found.snippet.casefold()}"
    return 1 if all(word in text for word in words) else None


def _snippet(text: str, word: str) -> str:
    at = max(text.casefold().find(word), 0)
    start = text.rfind(" ", 0, max(at - SNIPPET // 2, 0)) + 1
    cut = text[start : start + 2 * SNIPPET]
    if start + len(cut) < len(text):
        cut = f"{cut.rsplit(' ', 1)[0]} …"
    return f"… {cut}" if start else cut


def _address(written: str) -> str:
    """Turn a link between the files ("06-results.md#band") into one between the pages; others stay."""
    found = _LINK.fullmatch(written)
    return reverse("shell:chapter", args=[found["slug"]]) + (found["anchor"] or "") if found else written


def _picture(written: str) -> str:
    name = PICTURES + PurePosixPath(written).name
    try:
        return static(name)
    except ValueError:
        # A picture that was not taken yet is missed by a test, and must not take the pages with help lines down.
        return f"{settings.STATIC_URL}{name}"
