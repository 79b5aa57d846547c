"""Results of a job: the table, its downloads, and from "below the line" the way to a rejection by a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from hiring import queries
from hiring.enums import ApplicationStatus, TestOutcome
from hiring.forms import ResultsFilterForm
from hiring.models import ApplicationAssessment
from hiring.queries.results import ResultRow, result_rows, results_of_job, tests_of_job
from hiring.views.bases import JobPage
from hiring.views.job import page_links
from rendering.tables import stream_csv, write_xlsx

PAGE_SIZE = 50


class _Results(JobPage):
    """The results that the address asks for."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # Interviewers and analysts see the job, but none of its people.
        if self.test_func() and not self._sees_people():
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def _sees_people(self) -> bool:
        return self.may_manage or queries.sees_people_of(self.actor, self.job)

    @cached_property
    def form(self) -> ResultsFilterForm:
        form = ResultsFilterForm(self.request.GET, tests=tests_of_job(self.job, self.actor))
        form.is_valid()
        return form

    def links(self) -> Any:
        chosen = self.form.cleaned_data
        return results_of_job(
            self.job, self.actor, outcome=chosen.get("band") or "", assessment=chosen.get("assessment")
        )


class ResultsView(_Results, TemplateView):
    """Who did how in the tests of a job."""

    template_name = "hiring/results.html"

    def get_title(self) -> str:
        return _("Results")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.links(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        band = self.form.cleaned_data.get("band") or ""
        everything = self.request.GET.copy()
        everything.pop("page", None)
        return super().get_context_data(
            form=self.form,
            band=band,
            bands=self._bands(),
            page=page,
            rows=result_rows(page.object_list, self.job, self.actor),
            page_links=page_links(page, self.request.GET),
            query=everything.urlencode(),
            choosable=self.may_manage,
            live=ApplicationStatus.live,
            **kwargs,
        )

    def _bands(self) -> list[tuple[TestOutcome, int]]:
        counts = dict(
            results_of_job(self.job, self.actor)
            .order_by()
            .values_list("outcome")
            .annotate(count=Count("pk", distinct=True))
        )
        return [(outcome, counts.get(outcome.value, 0)) for outcome in TestOutcome]


class ResultsFileView(_Results, View):
    """The same rows as a file that a spreadsheet opens without running anything in it."""

    def get(self, request: HttpRequest, slug: str, format: str) -> HttpResponse | StreamingHttpResponse:  # noqa: A002
        rows = result_rows(self.links(), self.job, self.actor)
        skills = sorted({part.name for row in rows for part in row.skills})
        headers = [*_headers(), *(_("%s, percent") % skill for skill in skills)]
        lines = _lines(rows, skills)
        name = f"{self.job.slug}-results.{format}"
        if format == "xlsx":
            content = write_xlsx(headers, lines, _("Results"))
            response: Any = HttpResponse(
                content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            )
        else:
            response = StreamingHttpResponse(
                stream_csv(headers, lines), content_type="text/csv; charset=utf-8"
            )
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


def _headers() -> list[str]:
    return [
        _("Rank"),
        _("Name"),
        _("Email address"),
        _("Stage"),
        _("Status"),
        _("Test"),
        _("Result"),
        _("Percent"),
        _("Standard error"),
        _("Minutes used"),
        _("Finished"),
    ]


def _lines(rows: Iterable[ResultRow], skills: Sequence[str]) -> Iterable[list[Any]]:
    for row in rows:
        link: ApplicationAssessment = row.link
        application, score = link.application, link.score
        parts = {part.name: part.percent for part in row.skills}
        yield [
            row.rank,
            application.candidate.full_name,
            link.email,  # type: ignore[attr-defined]
            application.stage.name,
            application.get_status_display(),
            link.invitation.version.assessment.name,
            str(row.outcome.label),
            score.percent if score else None,
            score.error if score else None,
            round(row.time_used.total_seconds() / 60, 1) if row.time_used else None,
            link.submitted_at,  # type: ignore[attr-defined]
            *(parts.get(skill) for skill in skills),
        ]
