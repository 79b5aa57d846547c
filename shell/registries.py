"""What apps tell the shell: which colour a state has, what the search box finds, what every staff page says first,
what the history says in words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Choices

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from accounts.models import Actor, Organisation, User


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
class Bell:
    """What stands in the header of every staff page: how much is new for whoever looks ("" for nothing), and where."""

    unread: str
    url: str


@dataclass(frozen=True)
class ProfilePart:
    """A card on the page that everyone has of themselves: its template, and what `find(user)` gives to it."""

    template: str
    find: Callable[[User], dict[str, Any]]


@dataclass(frozen=True)
class FrontLink:
    """A way on from the page at the site address itself."""

    label: str
    url: str


Search = Callable[["Actor", str], Iterable[SearchHit]]
Notices = Callable[["Actor", "Organisation", datetime], Iterable["Notice | Bell"]]

_tones: dict[tuple[type, str], str] = {}
_searches: dict[str, Search] = {}
_last_searches: dict[str, Search] = {}
_notices: dict[str, Notices] = {}
_profile_parts: dict[str, ProfilePart] = {}
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
    """Let every staff page say what `find(actor, organisation, now)` returns. It costs every page what it asks.

    Among the notices may be the bell of the header: it counts in the same query.
    """
    _notices[name] = find


def notices(actor: Actor, organisation: Organisation, *, now: datetime) -> list[Notice | Bell]:
    """Return what staff pages say above everything else, in the order of registration, with the bell among them."""
    return [notice for find in _notices.values() for notice in find(actor, organisation, now)]


def register_profile_part(name: str, template: str, find: Callable[[User], dict[str, Any]]) -> None:
    """Let the page that everyone has of themselves show `template`, with what `find(user)` returns."""
    _profile_parts[name] = ProfilePart(template, find)


def profile_parts(user: User) -> list[tuple[str, dict[str, Any]]]:
    """Return template and content of each card, in the order of registration."""
    return [(part.template, part.find(user)) for part in _profile_parts.values()]


def register_front_link(name: str, find: Callable[[], FrontLink | None]) -> None:
    """Let the page at the site address lead on to what `find()` returns. It costs that page what it asks."""
    _front_links[name] = find


def front_links() -> list[FrontLink]:
    """Return where strangers can go on from the site address, in the order of registration."""
    return [link for find in _front_links.values() if (link := find()) is not None]


# --- The history in words ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """What an event is about: its name and where it is seen; no address where the reader may not see it."""

    title: str
    url: str = ""


# Says more about an event by its data.
Detail = Callable[[Mapping[str, Any]], str]
# (numbers of rows, who asks) -> those that they may see.
FindSubjects = Callable[[Collection[int], "Actor"], Mapping[int, Subject]]

_event_titles: Final[dict[str, _StrOrPromise]] = {}
_event_details: Final[dict[str, Detail]] = {}
_event_groups: Final[dict[str, tuple[_StrOrPromise, list[str]]]] = {}
_subjects: Final[dict[str, FindSubjects]] = {}


def register_events(
    group: str,
    title: _StrOrPromise,
    words: Mapping[str, _StrOrPromise],
    details: Mapping[str, Detail] | None = None,
) -> None:
    """Say in words what events of each kind in `words` tell; the history is narrowed down by their group."""
    _event_groups.setdefault(group, (title, []))[1].extend(words)
    _event_titles.update(words)
    _event_details.update(details or {})


def register_subjects(label: str, find: FindSubjects) -> None:
    """Let events about model `label` lead to what `find(ids, actor)` returns. One query, however many."""
    _subjects[label.lower()] = find


def event_words(kind: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Return what happened, and more about it; an unknown kind by its code."""
    detail = _event_details.get(kind)
    return str(_event_titles.get(kind, kind)), detail(data) if detail else ""


def has_event_words(kind: str) -> bool:
    """Whether somebody registered what events of this kind tell."""
    return kind in _event_titles


def event_groups() -> list[tuple[str, str]]:
    """Return the groups of events, with what people call them."""
    return [(code, str(title)) for code, (title, _kinds) in _event_groups.items()]


def event_group(code: str) -> list[str]:
    """Return the kinds of events of a group."""
    return _event_groups[code][1]


def find_subjects(label: str, ids: Collection[int], actor: Actor) -> Mapping[int, Subject]:
    """Return what rows of a model are called and where they are seen, as far as the actor may see them."""
    find = _subjects.get(label)
    return find(ids, actor) if find else {}
