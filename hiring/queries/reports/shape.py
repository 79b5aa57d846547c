"""The one shape of a report: what it is asked about, and the table of numbers that pages, files and the API show."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When

from accounts.models import Actor
from hiring.enums import Capability, Cohort, JobRole
from hiring.models import Application, Job, JobMember, Stage, TrackingLink
from hiring.queries.access import counted_jobs, jobs_where, may
from hiring.queries.funnel import EVER, Period
from hiring.queries.reports.leaving import LeftStages, chosen_leavings, leavings, left_stages

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

# Quartiles of fewer say nothing about anybody else.
FEWEST_FOR_QUARTILES: Final = 5

_DAY: Final = timedelta(days=1)


class Unit(StrEnum):
    """What the numbers of a column are."""

    COUNT = "count"
    # Between 0 and 1.
    SHARE = "share"
    DAYS = "days"
    # Of a score, from 0 to 100.
    PERCENT = "percent"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers. Counts are of applications, and each opens its own."""

    key: str
    title: str
    unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a report. None stands where nothing can be computed."""

    key: str
    name: str
    values: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFilter:
    """What a report is asked about: `jobs`, some of `reported_jobs`, are all that it is of, `job` says that it is of
    this one alone.
    """

    actor: Actor
    now: datetime
    jobs: Sequence[Job]
    job: Job | None = None
    period: Period = EVER
    cohort: Cohort = Cohort.APPLIED
    source: str = ""
    link: TrackingLink | None = None

    def narrowed(self, rows: QuerySet[Application]) -> QuerySet[Application]:
        """Return those of `rows` that are of these jobs and came this way, of whatever time. Lazy."""
        return self.come_by(rows.filter(job__in=[job.pk for job in self.jobs]))

    def come_by(self, rows: QuerySet[Application]) -> QuerySet[Application]:
        """Return those of `rows` that came this way. Lazy."""
        if self.link is not None:
            rows = rows.filter(tracking_link=self.link)
        return rows.filter(source=self.source) if self.source else rows

    def in_cohort(self, rows: QuerySet[Application]) -> QuerySet[Application]:
        """Return those of `rows` that the report is about. Lazy."""
        return self._of_cohort(self.narrowed(rows))

    def counted_cohort(self) -> QuerySet[Application]:
        """Return those that the report is about and that count for whoever asks. Lazy, for numbers only."""
        return self._of_cohort(self.counted())

    def _of_cohort(self, rows: QuerySet[Application]) -> QuerySet[Application]:
        if self.cohort == Cohort.APPLIED:
            return rows.filter(self.period.within("applied_at"))
        left = chosen_leavings().filter(self.period.within("at"), application=OuterRef("pk"))
        return rows.filter(Exists(left))

    def counted(self) -> QuerySet[Application]:
        """Return the applications of these jobs that count for whoever asks, of whatever time. For numbers only."""
        # Of a job all count or none, and the jobs say it: no application is asked whose it is.
        whole = Application.objects.filter(job__in=self.whole_jobs)
        return self.come_by(whole)

    def moved(self) -> QuerySet[Application]:
        """Return the applications whose leavings count: with the cohort of those who applied, theirs alone. Lazy."""
        rows = self.counted()
        return rows.filter(self.period.within("applied_at")) if self.cohort == Cohort.APPLIED else rows

    def left_stages(self) -> LeftStages:
        """Return the stages that leavings are of. One query."""
        return left_stages(self.jobs, self.job, counted=self.whole_jobs)

    @property
    def whole_jobs(self) -> frozenset[int]:
        """The ids of those of these jobs all of whose applications count; of the others none does."""
        return frozenset(job.pk for job in self.jobs if job.is_whole)  # type: ignore[attr-defined]

    def left(self, stages: LeftStages, key: str | None = None) -> QuerySet[Any]:
        """Return the leavings of these stages that count, or of those of one row. Lazy.

        Where all applications of a job count, its stages say so, and no application is looked at.
        """
        ids = [stage.pk for stage in (stages.stages if key is None else stages.by_key[key])]
        rows = leavings().filter(self.moves_within.within("at"))
        is_everybody = self.cohort != Cohort.APPLIED or self.period == EVER
        if is_everybody and self.link is None and not self.source:
            return rows.filter(from_stage__in=[pk for pk in ids if pk in stages.counted])
        return rows.filter(from_stage__in=ids, application__in=self.moved().values("pk"))

    def tied(self, tie: str) -> Q:
        """Return the condition that a test of an application counts, whose row is at `tie`. Whose stages count, all of
        theirs do.
        """
        if self.link is not None or self.source:
            return Q(**{f"{tie}__application__in": self.counted().values("pk")})
        return Q(**{f"{tie}__stage__in": Stage.objects.filter(job__in=self.whole_jobs).values("pk")})

    @property
    def moves_within(self) -> Period:
        """When a leaving has to be to count."""
        return EVER if self.cohort == Cohort.APPLIED else self.period


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a report found: the table, and how many applications are behind it."""

    n: int
    columns: Sequence[Column]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportKind:
    """A report that can be asked for.

    `cohorts` are the ways of choosing whom it is about, the usual one first; none where it is of now. `chart` are the
    columns that are drawn. `rows_of` keeps of applications that somebody may see those behind a count.
    """

    name: str
    title: StrPromise
    about: StrPromise
    definition: StrPromise
    row_title: StrPromise
    n_title: StrPromise
    read: Callable[[ReportFilter], Numbers]
    rows_of: Callable[[ReportFilter, QuerySet[Application], str, str], QuerySet[Application]]
    cohorts: Sequence[Cohort] = ()
    has_period: bool = True
    chart: Sequence[str] = field(default=("n",))
    is_stacked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as it was asked for. The same on its page, in its file and over the API."""

    kind: ReportKind
    asked: ReportFilter
    numbers: Numbers

    @property
    def n(self) -> int:
        return self.numbers.n

    @property
    def columns(self) -> Sequence[Column]:
        return self.numbers.columns

    @property
    def rows(self) -> Sequence[Row]:
        return self.numbers.rows


def reported_jobs(actor: Actor, *, recruiter: int | None = None) -> QuerySet[Job]:
    """Return the jobs whose numbers the actor may read, of one recruiter (by id) if said, by title; each says whether
    it `is_whole`: all of its applications count, or none. Lazy.

    Whoever interviews sees somebody, and still no numbers of everybody.
    """
    seen = Q(pk__in=jobs_where(actor, Capability.SEE).values("pk"))
    jobs = Job.objects.filter(seen | Q(pk__in=jobs_where(actor, Capability.NUMBERS).values("pk")))
    if recruiter is not None:
        theirs = JobMember.objects.filter(user=recruiter, role=JobRole.RECRUITER)
        jobs = jobs.filter(pk__in=theirs.values("job"))
    whole = counted_jobs(actor)
    is_whole = Value(True) if whole is None else Case(When(pk__in=whole, then=True), default=False)
    return jobs.annotate(is_whole=is_whole).order_by("title", "pk")


def reported_links(actor: Actor) -> QuerySet[TrackingLink]:
    """Return the links that the actor sees and may ask a report about, by name: those of jobs whose numbers they read,
    and those to all jobs. Lazy.
    """
    of_jobs = Q(job=None) | Q(job__in=reported_jobs(actor).order_by().values("pk"))
    links: QuerySet[TrackingLink] = TrackingLink.objects.filter(of_jobs).visible_to(actor)
    return links.select_related("job").order_by("name", "pk")


def may_take_numbers(asked: ReportFilter) -> bool:
    """Whether the table may be taken along as a file: by whoever may take the people of each of its jobs, or lists
    without names. At most one query.
    """
    if may(asked.actor, Capability.EXPORT_NUMBERS):
        return True
    takes = set(jobs_where(asked.actor, Capability.EXPORT).values_list("pk", flat=True))
    return takes.issuperset(job.pk for job in asked.jobs)


def share(part: int, whole: int) -> float | None:
    """Return how much of `whole` is `part`."""
    return part / whole if whole else None


def in_days(length: timedelta) -> float:
    """Return a length of time in days."""
    return length / _DAY


def middle(values: Sequence[float]) -> dict[str, float | None]:
    """Return median and quartiles, to two places; None where there are too few."""
    lower, median, upper = quartiles(values)
    if len(values) < FEWEST_FOR_QUARTILES:
        lower = upper = None
    return {"lower": _or_none(lower), "median": _or_none(median), "upper": _or_none(upper)}


def quartiles(values: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """Return lower quartile, median and upper quartile, as near as numbers come; None where there are none."""
    if len(values) < 2:
        only = values[0] if values else None
        return only, only, only
    lower, _median, upper = statistics.quantiles(values, n=4, method="inclusive")
    return lower, statistics.median(values), upper


def rounded(value: float) -> float:
    """Return a number as reports say it."""
    return round(value, 2)


def _or_none(value: float | None) -> float | None:
    return None if value is None else rounded(value)
