"""Where a page stands in the list that it was opened from, for turning to the page before and the next one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """The page before or the next one: of whom it is, and where."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page stands in its list, counted from 1; 0 when the list does not have it any more.

    `url` is the list, narrowed and sorted as it was; `query` says in an address which list that is.
    """

    title: str
    url: str
    query: str
    before: Turn | None
    after: Turn | None
    number: int
    total: int
    # Whether the list goes on beyond `total`.
    has_more: bool = False
