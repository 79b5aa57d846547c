"""Time to hire: from the application to the hire."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hiring.enums import ApplicationStatus, Cohort
from hiring.models import Application
from hiring.queries.reports.leaving import real_transitions
from hiring.queries.reports.shape import (
    Column,
    Numbers,
    ReportFilter,
    ReportKind,
    Row,
    Unit,
    in_days,
    middle,
)

_EVERY = "all"


def hirings() -> QuerySet[Any]:
    """Return, for each application that is hired now, the transition by which it was. Lazy."""
    hired = (
        real_transitions()
        .filter(to_status=ApplicationStatus.HIRED, application__status=ApplicationStatus.HIRED)
        .exclude(from_status=ApplicationStatus.HIRED)
    )
    later = hired.filter(application=OuterRef("application"), number__gt=OuterRef("number"))
    return hired.filter(~Exists(later))


def _hires(asked: ReportFilter) -> QuerySet[Any]:
    # Said here too, so that no database looks at those who are not hired.
    hired = asked.moved().filter(status=ApplicationStatus.HIRED)
    return hirings().filter(asked.moves_within.within("at"), application__in=hired.values("pk"))


def _read(asked: ReportFilter) -> Numbers:
    lengths: dict[int, list[float]] = defaultdict(list)
    hires = _hires(asked).order_by("pk").values_list("application__job", "application__applied_at", "at")
    for job_id, applied_at, at in hires:
        lengths[job_id].append(in_days(at - applied_at))
    columns = (
        Column("n", _("Hired")),
        Column("lower", _("Lower quartile, days"), Unit.DAYS),
        Column("median", _("Median, days"), Unit.DAYS),
        Column("upper", _("Upper quartile, days"), Unit.DAYS),
    )
    rows = [_row(job.slug, job.title, lengths[job.pk]) for job in asked.jobs if lengths[job.pk]]
    every = [days for of_job in lengths.values() for days in of_job]
    if asked.job is None:
        rows = [_row(_EVERY, _("All jobs"), every), *rows]
    return Numbers(len(every), columns, rows)


def _row(key: str, name: str, days: list[float]) -> Row:
    return Row(key, name, {"n": len(days), **middle(days)})


def _rows_of(
    asked: ReportFilter, rows: QuerySet[Application], row: str, column: str
) -> QuerySet[Application]:
    hires = _hires(asked)
    if row != _EVERY:
        hires = hires.filter(application__job__slug=row)
    return rows.filter(pk__in=hires.values("application"))


TIME_TO_HIRE = ReportKind(
    name="time-to-hire",
    title=gettext_lazy("Time to hire"),
    about=gettext_lazy("How many days lie between an application and the hire."),
    definition=gettext_lazy(
        "Days from the application to the hire, of applications that are hired now. A hire that was taken back does "
        "not count; of several hires of one application the last one does. Whoever applied again counts from the "
        "application that led to the hire. Half took less than the median, a quarter less than the lower quartile, a "
        "quarter more than the upper one; below five hires no quartiles are shown."
    ),
    row_title=gettext_lazy("Job"),
    n_title=gettext_lazy("hires"),
    read=_read,
    rows_of=_rows_of,
    cohorts=(Cohort.HIRED, Cohort.APPLIED),
    chart=("median",),
)
