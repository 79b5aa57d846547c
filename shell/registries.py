"""What apps tell the shell: which colour a state has, what the search box finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Choices

if TYPE_CHECKING:
    from accounts.models import Actor


@dataclass(frozen=True)
class SearchHit:
    """One line under the search box: what it is called, what it is, where it leads, an icon of Material Symbols."""

    title: str
    text: str
    url: str
    icon: str = "search"


Search = Callable[["Actor", str], Iterable[SearchHit]]

_tones: dict[tuple[type, str], str] = {}
_searches: dict[str, Search] = {}


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


def register_search(name: str, find: Search) -> None:
    """Let the search box show what `find(actor, term)` returns: at most ten, through `visible_to`."""
    _searches[name] = find


def searches() -> tuple[Search, ...]:
    """Return what is asked for each term, in the order of registration."""
    return tuple(_searches.values())
