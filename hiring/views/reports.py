"""Reports: numbers with their definition, as a page, as a file, and the people behind each count."""

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from hiring import queries
from hiring.enums import Capability
from hiring.exports import PeopleList, people_response, report_response
from hiring.forms.numbers import ReportForm
from hiring.models import Application
from hiring.queries.reports import (
    REPORTS,
    Column,
    Report,
    ReportKind,
    Row,
    Unit,
    may_take_numbers,
    read_report,
    rows_behind,
)
from hiring.queries.rows import person_rows
from hiring.views.bases import HiringPage
from hiring.views.job import PAGE_SIZE
from hiring.views.turning import report_query
from shell.columns import page_links
from shell.home import home_of
from shell.list_files import file_or_words


class ReportsView(HiringPage, TemplateView):
    """The reports there are."""

    template_name = "hiring/reports.html"

    def get_title(self) -> str:
        return _("Reports")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            kinds=[(kind, reverse("hiring:report", args=[kind.name])) for kind in REPORTS.values()],
            **kwargs,
        )


class _ReportPage(HiringPage):
    """A page about one report, as its address asks for it."""

    kwargs: dict[str, Any]

    @cached_property
    def kind(self) -> ReportKind:
        kind = REPORTS.get(self.kwargs["name"])
        if kind is None:
            raise Http404
        return kind

    @cached_property
    def form(self) -> ReportForm:
        return ReportForm(self.request.GET.dict(), kind=self.kind, actor=self.actor)

    @cached_property
    def report(self) -> Report:
        """The numbers. What was chosen is valid."""
        # Days are those of the organisation: two people who read a report read the same.
        zone = zoneinfo.ZoneInfo(home_of(self.request).time_zone or "UTC")
        return read_report(self.kind.name, self.form.asked(now=self.now, zone=zone))

    @property
    def address(self) -> str:
        """Where the report stands as it was asked for."""
        return f"{reverse('hiring:report', args=[self.kind.name])}?{self.form.query}"

    def get_title(self) -> str:
        return str(self.kind.title)

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Reports"), reverse("hiring:reports"))]


class _OfWhatWasChosen(_ReportPage):
    """What there is of a valid choice only; any other leads to the page that says what is wrong with it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not self.form.is_valid():
            query = request.GET.urlencode()
            return HttpResponseRedirect(f"{reverse('hiring:report', args=[self.kind.name])}?{query}")
        return super().dispatch(request, *args, **kwargs)


class ReportView(_ReportPage, TemplateView):
    """A report: its chart, its table, what it counts and of how many."""

    template_name = "hiring/report.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            form=self.form,
            kind=self.kind,
            others=[
                (kind.title, reverse("hiring:report", args=[kind.name]), kind is self.kind)
                for kind in REPORTS.values()
            ],
            **(self._numbers() if self.form.is_valid() else {}),
            **kwargs,
        )

    def _numbers(self) -> dict[str, Any]:
        report = self.report
        files = {
            kind: f"{reverse('hiring:report-file', args=[self.kind.name, kind])}?{self.form.query}"
            for kind in ("csv", "xlsx")
        }
        return {
            "report": report,
            "period_words": self.form.period_words() if self.kind.has_period else "",
            "lines": [
                (
                    row,
                    [(row.values[column.key], column, self._link(row, column)) for column in report.columns],
                )
                for row in report.rows
            ],
            "chart": self._chart(report),
            "chart_height": max(180, 90 + 40 * len(report.rows)),
            "files": files if may_take_numbers(report.asked) else None,
            "files_words": _("The numbers of this table. The history says that you took them with you."),
        }

    def _link(self, row: Row, column: Column) -> str:
        """Where the people behind a count stand."""
        if column.unit != Unit.COUNT or not row.values[column.key]:
            return ""
        address = reverse("hiring:report-people", args=[self.kind.name, row.key, column.key])
        return f"{address}?{self.form.query}"

    def _chart(self, report: Report) -> dict[str, Any]:
        drawn = [column for column in report.columns if column.key in self.kind.chart]
        counted = next(column for column in report.columns if column.unit == Unit.COUNT)
        return {
            "labels": [row.name for row in report.rows],
            "x_title": _AXES[drawn[0].unit](),
            "y_title": str(self.kind.row_title),
            "stacked": self.kind.is_stacked,
            "series": [
                {
                    "name": column.title,
                    "values": [row.values[column.key] for row in report.rows],
                    "links": [
                        self._link(row, column if column.unit == Unit.COUNT else counted)
                        for row in report.rows
                    ],
                }
                for column in drawn
            ],
        }


_AXES = {
    Unit.COUNT: lambda: _("Applications"),
    Unit.SHARE: lambda: _("Share"),
    Unit.DAYS: lambda: _("Days"),
    Unit.PERCENT: lambda: _("Percent"),
}


class ReportFileView(_OfWhatWasChosen, View):
    """The table of a report as a file. Asking for it changes nothing, but the history says who took it with them."""

    def get(self, request: HttpRequest, name: str, format: str) -> HttpResponseBase:
        if not may_take_numbers(self.report.asked):
            raise Http404
        return report_response(
            self.report, filters=self.form.used, format=format, by=self.actor, now=self.now
        )


class ReportPeople(_OfWhatWasChosen):
    """The applications behind a count of a report."""

    @cached_property
    def place(self) -> tuple[Row, Column]:
        """The count that the address names."""
        rows = [row for row in self.report.rows if row.key == self.kwargs["row"]]
        columns = [
            column
            for column in self.report.columns
            if column.key == self.kwargs["column"] and column.unit == Unit.COUNT
        ]
        if not rows or not columns:
            raise Http404
        return rows[0], columns[0]

    def get_title(self) -> str:
        row, column = self.place
        return f"{row.name}: {column.title}"

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [*super().get_crumbs(), (self.kind.title, self.address)]

    @cached_property
    def sees_people(self) -> bool:
        """Whether they are named to the actor, as far as the actor sees them."""
        return queries.sees_people(self.actor)

    @cached_property
    def takes_rows(self) -> bool:
        """Whether the actor, who sees nobody, takes them along without names."""
        return not self.sees_people and queries.may(self.actor, Capability.EXPORT_NUMBERS)

    def rows(self, *, without_names: bool = False) -> QuerySet[Application]:
        """Those of them whom the actor sees; without names all of them."""
        row, column = self.place
        return rows_behind(self.report, row=row.key, column=column.key, without_names=without_names)


class ReportPeopleView(ReportPeople, TemplateView):
    """The same as a page."""

    template_name = "hiring/people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, column = self.place
        page = Paginator(self.rows(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        files = {
            kind: f"{reverse('hiring:report-people-file', kwargs={**self.kwargs, 'format': kind})}"
            f"?{self.form.query}"
            for kind in ("csv", "xlsx")
        }
        return super().get_context_data(
            lead=self._lead(),
            definition=self.kind.definition,
            page=page,
            rows=person_rows(page.object_list, self.actor, now=self.now),
            page_links=page_links(page, self.request.GET),
            list_query=report_query(self.form, row=row.key, column=column.key),
            page_offset=page.start_index() - 1,
            hidden=int(row.values[column.key] or 0) - page.paginator.count,
            files=files,
            without_names=self.takes_rows and bool(row.values[column.key]),
            files_words=_(
                "One row an application, without names. The history says that you took them with you."
            )
            if self.takes_rows
            else "",
            **kwargs,
        )

    def _lead(self) -> str:
        if not self.kind.has_period:
            return _("The applications behind a number of the report “%s”, now.") % self.kind.title
        return _("The applications behind a number of the report “%(report)s”, %(period)s.") % {
            "report": self.kind.title,
            "period": self.form.period_words(),
        }


class ReportPeopleFileView(ReportPeople, View):
    """The same as a file. Analysts, who see numbers and no people, get the rows without what names anybody."""

    def get(
        self,
        request: HttpRequest,
        name: str,
        row: str,
        column: str,
        format: str,
    ) -> HttpResponseBase:
        if not self.sees_people and not self.takes_rows:
            raise Http404
        with_names = self.sees_people
        taken = PeopleList(
            listed=f"{name} {column}" if with_names else f"{name} {column} without names",
            name=f"{name}-people",
            filters=self.form.used,
            with_names=with_names,
        )
        rows = self.rows(without_names=not with_names)
        if not with_names:
            rows = rows.order_by("applied_at", "pk")
        take = partial(people_response, rows, taken, format=format, by=self.actor, now=self.now)
        back = reverse("hiring:report-people", args=[name, row, column])
        return file_or_words(request, take, back=f"{back}?{self.form.query}")
