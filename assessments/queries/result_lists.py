"""Results as a list: which are shown, in which order, with which ranks. Pages, downloads and one attempt's
neighbours read the same list.

Two statements bring a narrow line for every invitation of the list. Everything that needs all of them (the order, the
ranks, how many there are in each band, who comes next) is done with those; only the rows of one page are loaded whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple, Protocol

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from assessments.enums import AdjustmentKind, Band, InvitationState
from assessments.models import (
    Attempt,
    Invitation,
    TimeAdjustment,
)
from assessments.queries.lists import with_state
from assessments.queries.parts import part_percent
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


@dataclass(frozen=True, slots=True)
class Line:
    """One invitation of a list, as far as sorting, counting and ranking need it."""

    pk: int
    name: str
    state: str
    attempt_id: int | None
    # None unless there is a valid result.
    percent: Decimal | None
    band: str
    skill_percent: float | None
    test_id: int
    test: str
    version: int
    extra_seconds: int
    invited_at: datetime
    expires_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    # From the start to the end without pauses; None while it runs, and when it was reopened later.
    time_used: timedelta | None
    # What the room that asked wanted to know besides.
    more: Mapping[str, Any] = field(default_factory=dict)


Key = Callable[[Line], Any]
_STATES = {state: place for place, state in enumerate(InvitationState.values)}

# What a list can be sorted by; None stands at the end whichever way it is turned.
SORTS: Final[Mapping[str, Key]] = {
    "person": lambda line: line.name.casefold(),
    "state": lambda line: _STATES[line.state],
    "score": lambda line: line.percent,
    "skills": lambda line: line.skill_percent,
    "time": lambda line: line.time_used,
    "extra_time": lambda line: line.extra_seconds or None,
    "test": lambda line: (line.test.casefold(), line.version),
    "version": lambda line: line.version,
    "invited": lambda line: line.invited_at,
    "expires": lambda line: line.expires_at,
    "started": lambda line: line.started_at,
    "finished": lambda line: line.finished_at,
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
    more: Mapping[str, str] | None = None,
    sorts: Mapping[str, Key] | None = None,
) -> ResultList:
    """Return the list of `invitations` (already what the actor may see) that `wanted` asks for.

    Two statements; one more for the ranks where people or days are looked for.

    Arguments: `more`, further facts of each line by their path from the invitation; `sorts`, further orders by them.
    """
    everything = _lines(_narrowed(invitations, wanted, now), wanted, more or {})
    ranks = _ranks(_results(invitations, wanted, now) if wanted.looks_for_some else everything)
    if wanted.state:
        everything = [line for line in everything if line.state == wanted.state]
    if wanted.skill is not None:
        least = wanted.at_least or 0
        everything = [
            line for line in everything if line.skill_percent is not None and line.skill_percent >= least
        ]
    bands = Counter(line.band or NO_BAND for line in everything)
    shown = [line for line in everything if not wanted.band or (line.band or NO_BAND) == wanted.band]
    key = {**SORTS, **(sorts or {})}[wanted.sort.lstrip("-")]
    return ResultList(
        lines=tuple(_sorted(shown, key, descending=wanted.sort.startswith("-"))),
        bands=bands,
        ranks=ranks,
    )


class _Ranked(Protocol):
    @property
    def test_id(self) -> int: ...
    @property
    def percent(self) -> Decimal | None: ...


class _Result(NamedTuple):
    test_id: int
    percent: Decimal


def _results(invitations: QuerySet[Invitation], wanted: ResultFilter, now: datetime) -> Iterable[_Result]:
    """Everybody's valid results of the test and the version that `wanted` asks for."""
    rows: Any = _narrowed(invitations, ResultFilter(test=wanted.test, version=wanted.version), now)
    valid = rows.filter(state_now=InvitationState.FINISHED, percent_now__isnull=False)
    return map(_Result._make, valid.order_by().values_list("version__assessment", "percent_now"))


def _ranks(results: Iterable[_Ranked]) -> Mapping[int, int] | None:
    scored = [(each.test_id, each.percent) for each in results if each.percent is not None]
    if len({test for test, _percent in scored}) > 1:
        return None
    return shared_ranks(percent for _test, percent in scored)


def _sorted(lines: Iterable[Line], key: Key, *, descending: bool) -> list[Line]:
    # The newest first where nothing else decides.
    ordered = sorted(lines, key=lambda line: -line.pk)
    known = [line for line in ordered if key(line) is not None]
    unknown = [line for line in ordered if key(line) is None]
    return [*sorted(known, key=key, reverse=descending), *unknown]


_PATHS = {"finished": "submitted_now", "started": "started_now", "invited": "created_at"}


def _newest() -> QuerySet[Attempt]:
    return Attempt.objects.filter(invitation=OuterRef("pk")).order_by("-number", "-pk")


def _narrowed(invitations: QuerySet[Invitation], wanted: ResultFilter, now: datetime) -> QuerySet[Invitation]:
    newest = _newest()
    rows = with_state(invitations, now).annotate(
        attempt_now=Subquery(newest.values("pk")[:1]),
        started_now=Subquery(newest.values("started_at")[:1]),
        submitted_now=Subquery(newest.values("submitted_at")[:1]),
        percent_now=Subquery(newest.values("current_score__percent")[:1]),
        band_now=Subquery(newest.values("current_score__band")[:1]),
    )
    if wanted.skill is not None:
        rows = rows.annotate(skills_now=Subquery(newest.values("current_score__by_skill")[:1]))
    for word in wanted.search.split()[:MOST_WORDS]:
        addresses = CandidateEmail.objects.filter(normalised__contains=word.casefold())
        rows = rows.filter(
            Q(candidate__full_name__icontains=word) | Q(candidate__in=addresses.values("candidate"))
        )
    if wanted.test is not None:
        rows = rows.filter(version__assessment=wanted.test)
    if wanted.version is not None:
        rows = rows.filter(version=wanted.version)
    path = _PATHS[wanted.moment]
    if wanted.since is not None:
        rows = rows.filter(**{f"{path}__gte": _begin_of(wanted.since)})
    if wanted.until is not None:
        rows = rows.filter(**{f"{path}__lt": _begin_of(wanted.until) + timedelta(days=1)})
    return rows


def _begin_of(day: date) -> datetime:
    """The first moment of a day, in the zone of whoever asks."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _lines(rows: QuerySet[Invitation], wanted: ResultFilter, more: Mapping[str, str]) -> list[Line]:
    fields = (
        *("pk", "candidate__full_name", "state_now", "attempt_now", "percent_now", "band_now"),
        *("version__assessment", "version__assessment__name", "version__number", "extra_seconds"),
        *("created_at", "expires_at", "started_now", "submitted_now"),
    )
    extra = (*(("skills_now",) if wanted.skill is not None else ()), *more.values())
    pauses = _pauses(rows)
    return [_line(row, wanted, more, pauses) for row in rows.order_by().values(*fields, *extra)]


def _pauses(rows: QuerySet[Invitation]) -> dict[int, timedelta | None]:
    """How long the clock stood still, of attempts that were paused; None of those that were reopened."""
    adjustments = TimeAdjustment.objects.filter(
        attempt__invitation__in=rows.order_by().values("pk"),
        kind__in=[AdjustmentKind.PAUSE, AdjustmentKind.REOPENED],
    )
    pauses: dict[int, timedelta | None] = {}
    for attempt, kind, seconds in adjustments.values_list("attempt", "kind", "seconds"):
        before = pauses.get(attempt, timedelta())
        reopened = kind == AdjustmentKind.REOPENED or before is None
        pauses[attempt] = None if reopened else (before or timedelta()) + timedelta(seconds=seconds)
    return pauses


def _time_used(row: Mapping[str, Any], pauses: Mapping[int, timedelta | None]) -> timedelta | None:
    started, finished, paused = (
        row["started_now"],
        row["submitted_now"],
        pauses.get(row["attempt_now"], timedelta()),
    )
    return finished - started - paused if started and finished and paused is not None else None


def _line(
    row: Mapping[str, Any],
    wanted: ResultFilter,
    more: Mapping[str, str],
    pauses: Mapping[int, timedelta | None],
) -> Line:
    is_valid = row["state_now"] == InvitationState.FINISHED and row["percent_now"] is not None
    parts = (row.get("skills_now") or ()) if is_valid else ()
    return Line(
        pk=row["pk"],
        name=row["candidate__full_name"],
        state=row["state_now"],
        attempt_id=row["attempt_now"],
        percent=row["percent_now"] if is_valid else None,
        band=row["band_now"] if is_valid else "",
        skill_percent=part_percent(parts, "skill", wanted.skill) if wanted.skill is not None else None,
        test_id=row["version__assessment"],
        test=row["version__assessment__name"],
        version=row["version__number"],
        extra_seconds=row["extra_seconds"],
        invited_at=row["created_at"],
        expires_at=row["expires_at"],
        started_at=row["started_now"],
        finished_at=row["submitted_now"],
        time_used=_time_used(row, pauses),
        more={name: row[path] for name, path in more.items()},
    )
