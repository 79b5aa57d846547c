"""The reports there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import QuerySet

from hiring.models import Application
from hiring.queries.access import counted
from hiring.queries.lists import with_list_columns
from hiring.queries.reports.ageing import AGEING
from hiring.queries.reports.hires import TIME_TO_HIRE
from hiring.queries.reports.passing import PASS_THROUGH
from hiring.queries.reports.reach import FUNNEL
from hiring.queries.reports.scores import SCORES
from hiring.queries.reports.shape import Report, ReportFilter, ReportKind, Unit
from hiring.queries.reports.sources import SOURCES
from hiring.queries.reports.stays import TIME_IN_STAGE
from hiring.queries.reports.stopping import TIME_RAN_OUT
from hiring.queries.reports.tests import TESTS

REPORTS: Final[Mapping[str, ReportKind]] = {
    kind.name: kind
    for kind in (
        *(FUNNEL, PASS_THROUGH, TIME_IN_STAGE, TIME_TO_HIRE, AGEING),
        *(SOURCES, TESTS, SCORES, TIME_RAN_OUT),
    )
}

_ORDER: Final = ("-applied_at", "-pk")


def read_report(name: str, asked: ReportFilter) -> Report:
    """Return a report. A handful of queries, however many jobs and people. Raises `KeyError` for one there is not."""
    kind = REPORTS[name]
    return Report(kind=kind, asked=asked, numbers=kind.read(asked))


def rows_behind(
    report: Report, *, row: str, column: str, without_names: bool = False
) -> QuerySet[Application]:
    """Return the applications behind a count of a report, as far as whoever asks sees them; newest first. Lazy.

    With `without_names` all that count, for somebody who is shown nothing of them that names anybody.
    Raises `KeyError` for a row or column that the report has not, or that is no count.
    """
    if row not in {each.key for each in report.rows}:
        raise KeyError(row)
    if column not in {each.key for each in report.columns if each.unit == Unit.COUNT}:
        raise KeyError(column)
    actor = report.asked.actor
    everybody = counted(actor) if without_names else Application.objects.all().visible_to(actor)
    rows = report.kind.rows_of(report.asked, everybody, row, column)
    return with_list_columns(rows).order_by(*_ORDER)


def people_behind(name: str, asked: ReportFilter, *, row: str, column: str) -> QuerySet[Application]:
    """Return the same, bare, without asking for the report: nobody of a row that it has not. At most two queries, then
    lazy.

    Raises `KeyError` for a report there is not.
    """
    everybody = Application.objects.all().visible_to(asked.actor)
    try:
        rows = REPORTS[name].rows_of(asked, everybody, row, column)
    except ValueError:
        # Rows of one job are named by numbers.
        rows = everybody.none()
    return rows.order_by(*_ORDER)
