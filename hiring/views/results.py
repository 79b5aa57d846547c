"""Results of a job: the table, its downloads, and from "below the line" the way to a rejection by a person."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from assessments.operations import queue_results_file
from assessments.queries.neighbours import list_query
from assessments.queries.result_tables import ResultTable
from hiring import queries
from hiring.enums import Capability
from hiring.queries.results import OF_JOB, chosen_stage, results_of_job
from hiring.views.bases import JobPage
from outbox.operations import ListFile, take_list


class _Results(JobPage):
    """The results that the address asks for."""

    asks_for = frozenset({Capability.SEE, Capability.SCORES})

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # Interviewers and analysts see the job, but none of its people.
        if self.test_func() and not self.rights >= self.asks_for:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def table(self) -> ResultTable:
        """What is listed."""
        return results_of_job(self.job, actor=self.actor, parameters=self.request.GET, now=self.now)


class ResultsView(_Results, TemplateView):
    """Who did how in the tests of a job."""

    template_name = "hiring/results.html"

    def get_title(self) -> str:
        return _("Results")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        table = self.table
        page = table.page(self.request.GET.get("page"))
        stage = chosen_stage(self.request.GET)
        may_change = self.request.user.has_perm("assessments.change_invitation")
        return super().get_context_data(
            **kwargs,
            table=table,
            page=page,
            page_links=table.page_links(page),
            rows=table.rows(list(page)),
            list_query=list_query(OF_JOB, self.job.slug, table),
            stages=queries.current_stages(self.job.pk),
            stage=stage,
            is_narrow=table.wanted.is_narrow or stage is not None,
            address=reverse("hiring:results", args=[self.job.slug]),
            may_change=may_change,
            may_choose=may_change or not self.rights.isdisjoint((Capability.DECIDE, Capability.MOVE)),
            token=uuid.uuid4(),
        )


class ResultsFileView(_Results, View):
    """The same list as a file that a spreadsheet opens without running anything in it; a long one by a worker."""

    asks_for = _Results.asks_for | {Capability.EXPORT}

    def get(self, request: HttpRequest, slug: str, format: str) -> HttpResponseBase:
        if self.table.is_long:
            # Its page has the button that asks for it.
            return redirect(f"{reverse('hiring:results', args=[slug])}?{self.table.query}")
        columns, rows = self.table.file()
        taken = ListFile(
            listed="results of a job",
            name=f"{self.job.slug}-results",
            sheet=_("Results"),
            columns=columns,
            keys=rows,
            rows=iter,
            filters=self.table.wanted.used,
            about=self.job._meta.label,
            about_id=self.job.pk,
        )
        return take_list(taken, format=format, by=self.actor, now=self.now)

    def post(self, request: HttpRequest, slug: str, format: str) -> HttpResponse:
        work = queue_results_file(
            table=self.table,
            query=list_query(OF_JOB, self.job.slug, self.table),
            address=reverse("hiring:results", args=[slug]),
            name=f"{self.job.slug}-results",
            format=format,
            intent=f"{request.user.pk}:{request.POST.get('token', '')[:36]}",
            by=self.actor,
            now=self.now,
        )
        return redirect("outbox:work", work.public_id)
