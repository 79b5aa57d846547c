"""Results as a list: which are shown, in which order, with which ranks. Pages, downloads and one attempt's
neighbours read the same list.

One statement brings a narrow line for every invitation of the list: its result, and what the order asks for. Everything
that needs all of them (the order, the ranks, how many there are in each band, who comes next) is done with those; only
the rows of one page are loaded whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any, Final, NamedTuple

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils import timezone

from assessments.enums import AttemptState, Band, InvitationState
from assessments.models import Attempt, Invitation
from assessments.queries.lists import joined_state
from assessments.queries.parts import part_percent
from assessments.queries.reading import adjustments_of, time_between
from assessments.rules import shared_ranks
from candidates.models import CandidateEmail
from rendering.characters import clean_line

# What stands where a band stands, for those who have none.
NO_BAND: Final = "none"
BEST_FIRST: Final = "-score"
# Which moment the two dates of the filter are about.
MOMENTS: Final = ("finished", "started", "invited")
LONGEST_SEARCH, MOST_WORDS = 200, 8


@dataclass(frozen=True, slots=True)
class ResultFilter:
    """What an address asks of a list of results. A part that makes no sense is as if it was not there."""

    search: str = ""
    state: str = ""
    band: str = ""
    test: int | None = None
    version: int | None = None
    skill: int | None = None
    at_least: int | None = None
    moment: str = "finished"
    since: date | None = None
    until: date | None = None
    sort: str = BEST_FIRST

    @classmethod
    def read(cls, parameters: Mapping[str, Any], *, sorts: Iterable[str]) -> ResultFilter:
        """Return what `parameters` of an address say; sorted by one of `sorts`, else the best first."""

        def one_of(name: str, known: Iterable[str], default: str = "") -> str:
            value = str(parameters.get(name, ""))
            return value if value in known else default

        return cls(
            search=clean_line(str(parameters.get("q", ""))[:LONGEST_SEARCH]),
            state=one_of("state", InvitationState.values),
            band=one_of("band", [*Band.values, NO_BAND]),
            test=_number(parameters.get("test")),
            version=_number(parameters.get("version")),
            skill=_number(parameters.get("skill")),
            at_least=_number(parameters.get("at_least"), most=100),
            moment=one_of("moment", MOMENTS, "finished"),
            since=_day(parameters.get("since")),
            until=_day(parameters.get("until")),
            sort=one_of("sort", [sign + name for name in sorts for sign in ("", "-")], BEST_FIRST),
        )

    @property
    def used(self) -> list[str]:
        """The names of what is not as usual, for the history: never what was looked for."""
        usual = ResultFilter()
        return [each.name for each in fields(self) if getattr(self, each.name) != getattr(usual, each.name)]

    @property
    def is_narrow(self) -> bool:
        """Whether anything but an order is asked for."""
        return any(
            (self.search, self.state, self.band, self.test, self.version, self.skill, self.since, self.until)
        )

    @property
    def looks_for_some(self) -> bool:
        """Whether only some people or days are read, whatever their results."""
        return any((self.search, self.since, self.until))

    @property
    def has_more(self) -> bool:
        """Whether one of the rarer filters is in use."""
        return any((self.skill, self.since, self.until))


def _number(text: Any, *, most: int = 10**18) -> int | None:
    words = str(text or "")
    if not (words.isascii() and words.isdigit() and len(words) < 19):
        return None
    return int(words) if int(words) <= most else None


def _day(text: Any) -> date | None:
    try:
        day = date.fromisoformat(str(text or ""))
    except ValueError:
        return None
    # Beyond these there are days that no zone can hold.
    return day if 1900 <= day.year < 9000 else None


class Line(NamedTuple):
    """One invitation of a list, as far as sorting, counting and ranking need it. There may be very many."""

    pk: int
    state: str
    attempt_id: int | None
    # None unless there is a valid result, as the band.
    percent: Decimal | None
    band: str | None
    test_id: int
    # What it is sorted by; None stands at the end whichever way the list is turned.
    key: Any
    skill_percent: float | None = None


_STATES = {state: place for place, state in enumerate(InvitationState.values)}


@dataclass(frozen=True, slots=True)
class Order:
    """What a list can be sorted by: what is known of an invitation by these paths, and the key that it makes."""

    paths: Sequence[str]
    key: Callable[..., Any] = lambda fact: fact


_SKILLS = "attempts__current_score__by_skill"

SORTS: Final[Mapping[str, Order]] = {
    "person": Order(["candidate__full_name"], str.casefold),
    "state": Order(["state_now"], lambda state: _STATES[state]),
    "score": Order(["percent_now"]),
    "extra_time": Order(["extra_seconds"], lambda seconds: seconds or None),
    "test": Order(
        ["version__assessment__name", "version__number"], lambda name, number: (name.casefold(), number)
    ),
    "version": Order(["version__number"]),
    "invited": Order(["created_at"]),
    "expires": Order(["expires_at"]),
    "started": Order(["attempts__started_at"]),
    "finished": Order(["attempts__submitted_at"]),
}


@dataclass(frozen=True, slots=True)
class ResultList:
    """The lines that were asked for in their order, how many there are in each band, and the ranks.

    Who is looked for has the rank among everybody: only the test and its version say who is compared with whom. `ranks`
    is None where they would mean nothing: when results of several tests are listed together.
    """

    lines: tuple[Line, ...]
    bands: Mapping[str, int]
    ranks: Mapping[int, int] | None

    def neighbours(self, attempt_id: int) -> tuple[Line | None, Line | None, int, int]:
        """Return who comes before and after an attempt among those who started, its place and how many they are.

        The place is 0 when the list does not have it (any more).
        """
        started = [line for line in self.lines if line.attempt_id is not None]
        place = next((at for at, line in enumerate(started) if line.attempt_id == attempt_id), None)
        if place is None:
            return None, None, 0, len(started)
        before = started[place - 1] if place else None
        after = started[place + 1] if place + 1 < len(started) else None
        return before, after, place + 1, len(started)


def result_list(
    invitations: QuerySet[Invitation],
    wanted: ResultFilter,
    *,
    now: datetime,
    sorts: Mapping[str, Order] | None = None,
) -> ResultList:
    """Return the list of `invitations` (already what the actor may see) that `wanted` asks for.

    One statement; one more each where people or days are looked for, and where it is sorted by the time used.

    Arguments: `sorts`, orders besides those of every list.
    """
    compared = _compared(invitations, wanted)
    everything = _lines(compared, wanted, _order(compared, wanted, sorts or {}), now)
    ranks = _ranks(everything)
    if wanted.looks_for_some:
        found = set(_looked_for(compared, wanted).order_by().values_list("pk", flat=True))
        everything = [line for line in everything if line.pk in found]
    if wanted.state:
        everything = [line for line in everything if line.state == wanted.state]
    if wanted.skill is not None:
        least = wanted.at_least or 0
        everything = [
            line for line in everything if line.skill_percent is not None and line.skill_percent >= least
        ]
    bands = Counter(line.band or NO_BAND for line in everything)
    shown = [line for line in everything if not wanted.band or (line.band or NO_BAND) == wanted.band]
    return ResultList(
        lines=tuple(_sorted(shown, descending=wanted.sort.startswith("-"))),
        bands=bands,
        ranks=ranks,
    )


def _ranks(lines: Iterable[Line]) -> Mapping[int, int] | None:
    scored = [line for line in lines if line.percent is not None]
    if len({line.test_id for line in scored}) > 1:
        return None
    return shared_ranks(line.percent for line in scored if line.percent is not None)


def _sorted(lines: Sequence[Line], *, descending: bool) -> list[Line]:
    """In their order; they come with the newest first, and stay so where nothing else decides."""
    known = [line for line in lines if line.key is not None]
    unknown = [line for line in lines if line.key is None]
    return [*sorted(known, key=attrgetter("key"), reverse=descending), *unknown]


def _compared(invitations: QuerySet[Invitation], wanted: ResultFilter) -> QuerySet[Invitation]:
    """Those among whom the ranks are."""
    if wanted.test is not None:
        invitations = invitations.filter(version__assessment=wanted.test)
    if wanted.version is not None:
        invitations = invitations.filter(version=wanted.version)
    return invitations


def _looked_for(invitations: QuerySet[Invitation], wanted: ResultFilter) -> QuerySet[Invitation]:
    """Those who are looked for by their name, their address or a day."""
    rows: Any = invitations
    for word in wanted.search.split()[:MOST_WORDS]:
        addresses = CandidateEmail.objects.filter(normalised__contains=word.casefold())
        rows = rows.filter(
            Q(candidate__full_name__icontains=word) | Q(candidate__in=addresses.values("candidate"))
        )
    newest = Attempt.objects.filter(invitation=OuterRef("pk")).order_by("-number")
    moments = {
        "finished": Subquery(newest.values("submitted_at")[:1]),
        "started": Subquery(newest.values("started_at")[:1]),
        "invited": F("created_at"),
    }
    if wanted.since is not None or wanted.until is not None:
        rows = rows.alias(moment=moments[wanted.moment])
    if wanted.since is not None:
        rows = rows.filter(moment__gte=_begin_of(wanted.since))
    if wanted.until is not None:
        rows = rows.filter(moment__lt=_begin_of(wanted.until) + timedelta(days=1))
    return rows  # type: ignore[no-any-return]


def _begin_of(day: date) -> datetime:
    """The first moment of a day, in the zone of whoever asks."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _lines(rows: QuerySet[Invitation], wanted: ResultFilter, order: Order, now: datetime) -> list[Line]:
    """Return a line for each of `rows`, the newest first. One query, a row of it for every attempt."""
    is_valid = Q(attempts__state=AttemptState.SUBMITTED)
    with_results = rows.annotate(
        state_now=joined_state(now),
        percent_now=Case(When(is_valid, then=F("attempts__current_score__percent"))),
        band_now=Case(When(is_valid, then=F("attempts__current_score__band"))),
    )
    facts = ("pk", "state_now", "attempts__pk", "percent_now", "band_now", "version__assessment")
    skills = [_SKILLS] if wanted.skill is not None else []
    paths = list(dict.fromkeys([*facts, *order.paths, *skills]))
    places = [paths.index(path) for path in order.paths]
    # Of several attempts the newest counts: it comes last.
    newest: dict[int, Any] = {}
    for row in with_results.order_by("-pk", "attempts__number").values_list(*paths):
        newest[row[0]] = row
    return [
        Line._make(
            (
                *row[: len(facts)],
                order.key(*[row[place] for place in places]),
                _skill_percent(row[3], row[-1], wanted.skill) if skills else None,
            )
        )
        for row in newest.values()
    ]


def _skill_percent(percent: Decimal | None, parts: Any, skill: int | None) -> float | None:
    return part_percent(parts, "skill", skill) if skill is not None and percent is not None else None


def _order(rows: QuerySet[Invitation], wanted: ResultFilter, sorts: Mapping[str, Order]) -> Order:
    name = wanted.sort.lstrip("-")
    if name == "skills":
        return Order(["percent_now", _SKILLS], partial(_skill_percent, skill=wanted.skill))
    return _by_time_used(rows) if name == "time" else {**SORTS, **sorts}[name]


def _by_time_used(rows: QuerySet[Invitation]) -> Order:
    """By the time used, without pauses. One query: attempts that were paused or reopened are few."""
    attempts = Attempt.objects.filter(invitation__in=rows.order_by().values("pk"))
    adjustments = adjustments_of(attempts.values("pk"))

    def key(attempt_id: int | None, started: datetime | None, finished: datetime | None) -> timedelta | None:
        changed = adjustments.get(attempt_id, ()) if attempt_id is not None else ()
        return time_between(started, finished, changed)

    return Order(["attempts__pk", "attempts__started_at", "attempts__submitted_at"], key)
