"""Numbers and the rows behind them: the manager's dashboard, what waits, the steps of a funnel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView

from hiring import queries
from hiring.enums import StageKind, TestOutcome
from hiring.forms import PERIODS, DashboardForm
from hiring.models import Application, ApplicationAssessment, Job
from hiring.queries.behind import funnel_rows
from hiring.queries.funnel import Funnel, Period
from hiring.queries.rows import person_row, person_rows
from hiring.views.bases import HiringPage
from hiring.views.job import PAGE_SIZE
from shell.columns import page_links


class _Chosen(HiringPage):
    """A page about a period and one job or all that the actor sees."""

    kwargs: dict[str, Any]

    @cached_property
    def jobs(self) -> list[Job]:
        return queries.my_jobs(self.actor)

    @cached_property
    def form(self) -> DashboardForm:
        return DashboardForm(
            self.request.GET, jobs=Job.objects.all().visible_to(self.actor).order_by("title", "pk")
        )

    @cached_property
    def days(self) -> int:
        return self.form.days()

    @cached_property
    def chosen_job(self) -> Job | None:
        self.form.is_valid()
        return self.form.cleaned_data.get("job")

    @property
    def period(self) -> Period:
        return Period(start=self.now - timedelta(days=self.days))

    @property
    def parameters(self) -> dict[str, str]:
        """What the address of another page about the same choice says."""
        job = {"job": self.chosen_job.slug} if self.chosen_job else {}
        return {"period": str(self.days), **job}

    def period_words(self) -> str:
        return str(PERIODS[str(self.days)])


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that opens its rows."""

    value: int
    label: str
    note: str
    url: str


class DashboardView(_Chosen, TemplateView):
    """Jobs by stage, the funnel, who has waited longest and the latest results: of the jobs of whoever asks."""

    template_name = "hiring/dashboard.html"

    def get_title(self) -> str:
        return _("Dashboard")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        board = queries.dashboard(self.actor, now=self.now, period=self.period, job=self.chosen_job)
        stage_names = _stage_names(board.jobs)
        stage_rows = _stage_rows(board.jobs, stage_names)
        return super().get_context_data(
            form=self.form,
            board=board,
            has_jobs=bool(board.jobs),
            sees_people=queries.sees_people(self.actor),
            period_words=self.period_words(),
            figures=self._figures(board),
            steps=[(step, self._step_url(step.key)) for step in board.funnel.steps],
            report_query=urlencode(self.parameters),
            stage_rows=stage_rows,
            stage_names=stage_names,
            stages_chart=_stages_chart(stage_rows, stage_names),
            funnel_chart=self._funnel_chart(board.funnel),
            chart_height=max(220, 90 + 44 * len(board.jobs)),
            ageing=[person_row(application, now=self.now) for application in board.ageing],
            **kwargs,
        )

    def _figures(self, board: queries.Dashboard) -> list[Figure]:
        active = sum(row.active for row in board.jobs)
        hired = board.funnel.steps[-1].reached
        job = self.chosen_job
        everybody = (
            reverse("hiring:job", args=[job.slug]) if job else reverse("hiring:waiting", args=["active"])
        )
        jobs = len(board.jobs)
        return [
            Figure(
                active,
                _("Active people"),
                ngettext("in %(count)d job", "in %(count)d jobs", jobs) % {"count": jobs},
                everybody,
            ),
            Figure(
                board.ageing_count,
                _("Waiting too long"),
                _("at their stage for more than its target days"),
                self._waiting_url("ageing"),
            ),
            Figure(
                board.results_waiting,
                _("Results that need a person"),
                _("borderline, below the line or void"),
                self._waiting_url("results"),
            ),
            Figure(
                hired,
                _("Hired"),
                ngettext(
                    "of %(count)d who applied in the last %(period)s",
                    "of %(count)d who applied in the last %(period)s",
                    board.funnel.n,
                )
                % {"count": board.funnel.n, "period": self.period_words()},
                self._step_url("hired"),
            ),
        ]

    def _waiting_url(self, code: str) -> str:
        address = reverse("hiring:waiting", args=[code])
        return f"{address}?{urlencode({'job': self.chosen_job.slug})}" if self.chosen_job else address

    def _step_url(self, step: str) -> str:
        return f"{reverse('hiring:funnel', args=[step])}?{urlencode(self.parameters)}"

    def _funnel_chart(self, funnel: Funnel) -> dict[str, Any]:
        return {
            "labels": [step.name for step in funnel.steps],
            "x_title": _("Applications"),
            "y_title": _("Stage"),
            "stacked": False,
            "series": [
                {
                    "name": _("Applications"),
                    "values": [step.reached for step in funnel.steps],
                    "links": [self._step_url(step.key) for step in funnel.steps],
                }
            ],
        }


def file_links(name: str, which: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Where the rows of a page are to be had as a file, by format."""
    query = urlencode(parameters)
    return {kind: f"{reverse(name, args=[which, kind])}?{query}" for kind in ("csv", "xlsx")}


def _stage_names(rows: Sequence[queries.JobRow]) -> list[str]:
    """The names of stages, each once: those of one job in its order, those of several by what happens there."""
    stages = [count.stage for row in rows for count in row.stages]
    if len(rows) > 1:
        kinds = list(StageKind)
        stages.sort(key=lambda stage: kinds.index(StageKind(stage.kind)))
    return list(dict.fromkeys(stage.name for stage in stages))


def _stage_rows(rows: Sequence[queries.JobRow], names: Sequence[str]) -> list[dict[str, Any]]:
    """The table below the chart: each job with its number at every name of a stage."""
    table = []
    for row in rows:
        by_name = {count.stage.name: count for count in row.stages}
        address = reverse("hiring:job", args=[row.job.slug])
        cells = [
            (by_name[name].active, f"{address}?stage={by_name[name].stage.pk}&status=active")
            if name in by_name
            else (None, "")
            for name in names
        ]
        table.append(
            {"job": row.job, "url": address, "cells": cells, "total": row.active, "late": row.over_target}
        )
    return table


def _stages_chart(table: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    return {
        "labels": [row["job"].title for row in table],
        "x_title": _("Active people"),
        "y_title": _("Job"),
        "stacked": True,
        "series": [
            {
                "name": name,
                "values": [row["cells"][index][0] or 0 for row in table],
                "links": [row["cells"][index][1] for row in table],
            }
            for index, name in enumerate(names)
        ],
    }


class FunnelPeople(_Chosen):
    """The applications behind a step of the funnel."""

    def get_title(self) -> str:
        return _("Reached “%s”") % self.step.name

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Dashboard"), f"{reverse('hiring:dashboard')}?{urlencode(self.parameters)}")]

    @cached_property
    def funnel(self) -> Funnel:
        jobs = None if self.chosen_job else self.jobs
        return queries.funnel(self.actor, period=self.period, job=self.chosen_job, jobs=jobs)

    @cached_property
    def step(self) -> queries.FunnelStep:
        steps = [step for step in self.funnel.steps if step.key == self.kwargs["step"]]
        if not steps:
            raise Http404
        return steps[0]

    def rows(self) -> QuerySet[Application]:
        """Those of them whom the actor sees."""
        return funnel_rows(
            self.actor, step=self.step.key, period=self.period, jobs=self.jobs, job=self.chosen_job
        )


class FunnelRowsView(FunnelPeople, TemplateView):
    """The same as a page."""

    template_name = "hiring/people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.rows(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        lead = ngettext(
            "%(reached)d of %(n)d application that came in during the last %(period)s.",
            "%(reached)d of %(n)d applications that came in during the last %(period)s.",
            self.funnel.n,
        )
        return super().get_context_data(
            lead=lead % {"reached": self.step.reached, "n": self.funnel.n, "period": self.period_words()},
            definition=self.funnel.definition,
            page=page,
            rows=person_rows(page.object_list, self.actor, now=self.now),
            page_links=page_links(page, self.request.GET),
            hidden=self.step.reached - page.paginator.count,
            files=file_links("hiring:funnel-file", self.step.key, self.parameters),
            **kwargs,
        )


class WaitingPeople(_Chosen):
    """The rows behind a number of what waits, over all jobs or one."""

    def get_title(self) -> str:
        titles = {
            "active": _("Active people"),
            "ageing": _("At their stage for longer than planned"),
            "expired": _("Invitations that ran out"),
            "results": _("Results that need a person"),
            "below": _("Below the line"),
            "borderline": _("Borderline results"),
            "void": _("Without a valid result"),
        }
        return titles[self.kwargs["code"]]

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Start"), reverse("admin:index"))]

    def rows(self) -> QuerySet[Application]:
        """Everybody of them whom the actor sees, ready for a list."""
        return queries.with_list_columns(self.people())

    def people(self) -> QuerySet[Application]:
        """The same as bare rows, longest at their stage first."""
        code, job = self.kwargs["code"], self.chosen_job
        if code in ("active", "ageing"):
            return queries.ageing(self.actor, now=self.now, job=job, over_target_only=code == "ageing")
        rows = Application.objects.filter(pk__in=self._tested(code, job)).visible_to(self.actor)
        return rows.order_by("stage_entered_at", "pk")

    def _tested(self, code: str, job: Job | None) -> Any:
        if code == "expired":
            invitations = queries.expired_invitations(self.actor, now=self.now, job=job).order_by()
            links = ApplicationAssessment.objects.filter(invitation__in=invitations.values("pk"))
            return links.values("application")
        outcomes = tuple(TestOutcome.needs_person) if code == "results" else (code,)
        waiting = queries.results_waiting(self.actor, job=job, outcomes=outcomes)
        return waiting.order_by().values("application")


class WaitingView(WaitingPeople, TemplateView):
    """The same as a page."""

    template_name = "hiring/people.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Who they are comes first: with all that is shown of them the database would join every application there is.
        everybody = list(self.people().values_list("pk", flat=True))
        page = Paginator(everybody, PAGE_SIZE).get_page(self.request.GET.get("page"))
        shown = Application.objects.filter(pk__in=page.object_list).order_by("stage_entered_at", "pk")
        return super().get_context_data(
            lead=_LEADS[self.kwargs["code"]](),
            files=file_links("hiring:waiting-file", self.kwargs["code"], self.parameters),
            page=page,
            rows=person_rows(queries.with_list_columns(shown), self.actor, now=self.now),
            page_links=page_links(page, self.request.GET),
            **kwargs,
        )


_LEADS = {
    "active": lambda: _("Everybody who is active in a job that is not closed, longest at their stage first."),
    "ageing": lambda: _("Longest at their stage first. The target is set on the stage."),
    "expired": lambda: _("The time to start the test is over. Invite again, or decide without it."),
    "results": lambda: _("No rule decides about these. A person has to look."),
    "below": lambda: _(
        "Nobody is rejected by a score alone: look at each, or reject several from the job's results."
    ),
    "borderline": lambda: _("The score lies within the band in which a person decides."),
    "void": lambda: _("The attempt was declared void or has no score. Invite again, or decide without it."),
}
