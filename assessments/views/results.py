"""Results of a test: the table, and its downloads."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import cached_property
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from assessments import operations
from assessments.models import Assessment
from assessments.queries.neighbours import OF_TEST, list_query
from assessments.queries.result_tables import ResultTable, results_of_test
from assessments.registries import may_take_results
from outbox.operations import ListFile, take_list
from shell.views import ShellPage


class _Results(ShellPage):
    """The results that the address asks for, of a test that the actor sees, of people whom they see."""

    kwargs: dict[str, Any]

    @cached_property
    def now(self) -> datetime:
        """The moment of this request."""
        return timezone.now()

    @cached_property
    def assessment(self) -> Assessment:
        """The test; 404 when it may not be seen."""
        return get_object_or_404(Assessment.objects.all().visible_to(self.actor), slug=self.kwargs["slug"])

    @cached_property
    def table(self) -> ResultTable:
        """What is listed."""
        return results_of_test(self.assessment, actor=self.actor, parameters=self.request.GET, now=self.now)


class ResultsView(_Results, TemplateView):
    """Who was invited to a test, who has taken it, and how they did."""

    template_name = "assessments/results.html"

    def get_title(self) -> str:
        return _("Results: %(test)s") % {"test": self.assessment.name}

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [
            (_("Tests"), reverse("admin:assessments_assessment_changelist")),
            (self.assessment.name, reverse("admin:assessments_assessment_change", args=[self.assessment.pk])),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.table.page(self.request.GET.get("page"))
        may_change = self.request.user.has_perm("assessments.change_invitation")
        return super().get_context_data(
            **kwargs,
            now=self.now,
            assessment=self.assessment,
            table=self.table,
            page=page,
            page_links=self.table.page_links(page),
            rows=self.table.rows(list(page)),
            is_narrow=self.table.wanted.is_narrow,
            list_query=list_query(OF_TEST, self.assessment.slug, self.table),
            address=reverse("assessments:results", args=[self.assessment.slug]),
            may_change=may_change,
            may_choose=may_change,
            may_take=may_take_results(self.actor),
            token=uuid.uuid4(),
        )


class ResultsFileView(_Results, View):
    """The same list as a file that a spreadsheet opens without running anything in it; a long one by a worker."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not may_take_results(self.actor):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, slug: str, format: str) -> HttpResponseBase:
        if self.table.is_long:
            # Its page has the button that asks for it.
            return redirect(f"{reverse('assessments:results', args=[slug])}?{self.table.query}")
        columns, rows = self.table.file()
        taken = ListFile(
            listed="results of a test",
            name=f"{self.assessment.slug}-results",
            sheet=_("Results"),
            columns=columns,
            keys=rows,
            rows=iter,
            filters=self.table.wanted.used,
            about=Assessment._meta.label,
            about_id=self.assessment.pk,
        )
        return take_list(taken, format=format, by=self.actor, now=self.now)

    def post(self, request: HttpRequest, slug: str, format: str) -> HttpResponse:
        work = operations.queue_results_file(
            table=self.table,
            query=list_query(OF_TEST, self.assessment.slug, self.table),
            address=reverse("assessments:results", args=[slug]),
            name=f"{self.assessment.slug}-results",
            format=format,
            intent=f"{request.user.pk}:{request.POST.get('token', '')[:36]}",
            by=self.actor,
            now=self.now,
        )
        return redirect("outbox:work", work.public_id)
