"""What apps tell the shell: which colour a state has, what the search box finds, what every staff page says first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Choices

if TYPE_CHECKING:
    from accounts.models import Actor, Organisation


@dataclass(frozen=True)
class SearchHit:
    """One line under the search box: what it is called, what it is, where it leads, an icon of Material Symbols."""

    title: str
    text: str
    url: str
    icon: str = "search"


@dataclass(frozen=True)
class Notice:
    """A line above every staff page: what is the matter with the installation, and where it is mended.

    `tone` is "quiet", "attention" or "bad"; `more` is what to do about it; `url` and `label` are the way on, for those
    who can go it.
    """

    text: str
    tone: str = "attention"
    more: str = ""
    url: str = ""
    label: str = ""


@dataclass(frozen=True)
class FrontLink:
    """A way on from the page at the site address itself."""

    label: str
    url: str


Search = Callable[["Actor", str], Iterable[SearchHit]]
Notices = Callable[["Actor", "Organisation", datetime], Iterable[Notice]]

_tones: dict[tuple[type, str], str] = {}
_searches: dict[str, Search] = {}
_last_searches: dict[str, Search] = {}
_notices: dict[str, Notices] = {}
_front_links: dict[str, Callable[[], FrontLink | None]] = {}


def register_tones(
    *,
    good: Iterable[Choices] = (),
    attention: Iterable[Choices] = (),
    bad: Iterable[Choices] = (),
    accent: Iterable[Choices] = (),
) -> None:
    """Give states (members of `TextChoices`) a colour; what is not named is neutral."""
    for tone, states in {"good": good, "attention": attention, "bad": bad, "accent": accent}.items():
        for state in states:
            _tones[type(state), str(state.value)] = tone


def tone_of(state: object) -> str:
    """Return the tone of `state`, "neutral" for words and for states that nobody named."""
    if not isinstance(state, Choices):
        return "neutral"
    return _tones.get((type(state), str(state.value)), "neutral")


def register_search(name: str, find: Search, *, last: bool = False) -> None:
    """Let the search box show what `find(actor, term)` returns: at most ten, through `visible_to`.

    What is no person's data but words about the product comes `last`, below what the others find.
    """
    (_last_searches if last else _searches)[name] = find


def searches() -> tuple[Search, ...]:
    """Return what is asked for each term, in the order of registration."""
    return (*_searches.values(), *_last_searches.values())


def register_notices(name: str, find: Notices) -> None:
    """Let every staff page say what `find(actor, organisation, now)` returns. It costs every page what it asks."""
    _notices[name] = find


def notices(actor: Actor, organisation: Organisation, *, now: datetime) -> list[Notice]:
    """Return what staff pages say above everything else, in the order of registration."""
    return [notice for find in _notices.values() for notice in find(actor, organisation, now)]


def register_front_link(name: str, find: Callable[[], FrontLink | None]) -> None:
    """Let the page at the site address lead on to what `find()` returns. It costs that page what it asks."""
    _front_links[name] = find


def front_links() -> list[FrontLink]:
    """Return where strangers can go on from the site address, in the order of registration."""
    return [link for find in _front_links.values() if (link := find()) is not None]
