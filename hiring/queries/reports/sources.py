"""Source to hire: what becomes of those who came this way or that."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hiring.enums import ApplicationStatus, Cohort, Source, StageKind
from hiring.models import Application
from hiring.queries.behind import reached_kind
from hiring.queries.funnel import kinds_reached, with_furthest
from hiring.queries.jobs import stages_in_use
from hiring.queries.reports.hires import hirings
from hiring.queries.reports.shape import (
    Column,
    Numbers,
    ReportFilter,
    ReportKind,
    Row,
    Unit,
    in_days,
    middle,
    share,
)


def _read(asked: ReportFilter) -> Numbers:
    rows = asked.counted_cohort()
    ranked: QuerySet[Any] = with_furthest(rows)
    by_source: dict[str, Counter[tuple[int, int, str]]] = defaultdict(Counter)
    groups = ranked.order_by().values_list("source", "job_id", "furthest", "status")
    for source, job_id, furthest, status, count in groups.annotate(count=Count("*")):
        by_source[source][job_id, furthest, status] += count
    stages = stages_in_use([job.pk for job in asked.jobs])
    lengths: dict[str, list[float]] = defaultdict(list)
    # Said here too, so that no database looks at those who are not hired.
    hired = rows.filter(status=ApplicationStatus.HIRED)
    hires = hirings().filter(application__in=hired.values("pk")).order_by("pk")
    for source, applied_at, at in hires.values_list("application__source", "application__applied_at", "at"):
        lengths[source].append(in_days(at - applied_at))
    columns = (
        Column("applications", _("Applications")),
        Column("interview", _("Reached an interview")),
        Column("hired", _("Hired")),
        Column("share", _("Hired of all"), Unit.SHARE),
        Column("median", _("Median days to hire"), Unit.DAYS),
    )
    lines = [
        Row(source.value, str(source.label), _values(by_source[source], stages, lengths[source]))
        for source in Source
        if by_source[source]
    ]
    return Numbers(sum(count.total() for count in by_source.values()), columns, lines)


def _values(
    groups: Counter[tuple[int, int, str]], stages: dict[int, Any], days: list[float]
) -> dict[str, float | None]:
    hired = sum(
        count for (_job, _furthest, status), count in groups.items() if status == ApplicationStatus.HIRED
    )
    return {
        "applications": groups.total(),
        "interview": kinds_reached(groups, stages)[StageKind.INTERVIEW],
        "hired": hired,
        "share": share(hired, groups.total()),
        "median": middle(days)["median"],
    }


def _rows_of(
    asked: ReportFilter, rows: QuerySet[Application], row: str, column: str
) -> QuerySet[Application]:
    rows = asked.in_cohort(rows).filter(source=row)
    if column == "hired":
        return rows.filter(status=ApplicationStatus.HIRED)
    if column == "interview":
        return reached_kind(rows, StageKind.INTERVIEW, asked.jobs)
    return rows


SOURCES = ReportKind(
    name="sources",
    title=gettext_lazy("Source to hire"),
    about=gettext_lazy("What becomes of applications that came this way or that."),
    definition=gettext_lazy(
        "Applications by how they came, as it was written down when they did. Whoever applies again counts again, by "
        "that application’s way. An application reached an interview when it was ever at a stage of that kind or of a"
        " later one, or is hired; what was undone never was. Hired counts those who are hired now; the days are those"
        " from the application to the hire."
    ),
    row_title=gettext_lazy("Source"),
    n_title=gettext_lazy("applications"),
    read=_read,
    rows_of=_rows_of,
    cohorts=(Cohort.APPLIED, Cohort.LEFT),
    chart=("applications", "interview", "hired"),
)
