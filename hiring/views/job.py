"""The page of a job: its stages with their people, the list, and what can be done with those who are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.models import Actor
from hiring import queries
from hiring.enums import ApplicationStatus, JobRole, JobStatus, TestOutcome
from hiring.forms import PeopleFilterForm
from hiring.models import Application, Job, Stage
from hiring.queries.rows import person_rows
from hiring.rules import JOB_EDGES
from hiring.views.bases import JobPage
from shell.columns import page_links

PAGE_SIZE = 50


def chosen_people(job: Job, actor: Actor, parameters: QueryDict, *, now: datetime) -> QuerySet[Application]:
    """Return the people of a job that an address of the list asks for. Lazy."""
    chosen = _filter_form(job, parameters).chosen()
    status = chosen["status"]
    exact = status if status in ApplicationStatus.values else ""
    outcome = chosen["result"] if chosen["result"] in TestOutcome.values else ""
    rows = queries.applications(
        actor,
        job=job,
        search=chosen["q"],
        stage=chosen["stage"],
        status=exact,
        outcome=outcome,
        over_target_at=now if chosen["late"] else None,
        sort=chosen["sort"],
    )
    if status == PeopleFilterForm.LIVE:
        rows = rows.filter(status__in=ApplicationStatus.live)
    if chosen["result"] == "none":
        rows = rows.filter(outcome=None)  # type: ignore[misc]
    return rows


def _filter_form(job: Job, parameters: QueryDict) -> PeopleFilterForm:
    stages = Stage.objects.filter(job=job, retired_at=None).order_by("position", "pk")
    return PeopleFilterForm(parameters, stages=stages)


@dataclass(frozen=True, slots=True)
class SortLink:
    """The heading of a column that sorts."""

    label: str
    url: str
    direction: str  # "ascending" or "descending" when the list is sorted by it
    is_number: bool = False


class JobView(JobPage, TemplateView):
    """A job: where its people stand, who they are, and what comes next for them."""

    template_name = "hiring/job.html"

    def get_title(self) -> str:
        return self.job.title

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Jobs"), reverse("admin:hiring_job_changelist"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = _filter_form(self.job, self.request.GET)
        chosen = form.chosen()
        [job_row] = queries.jobs_by_stage([self.job], self.actor, now=self.now)
        members = list(queries.members_of(self.job))
        people = Paginator(chosen_people(self.job, self.actor, self.request.GET, now=self.now), PAGE_SIZE)
        page = people.get_page(self.request.GET.get("page"))
        return super().get_context_data(
            status=JobStatus(self.job.status),
            status_steps=[
                JobStatus(to) for to in ("open", "paused", "closed") if to in JOB_EDGES[self.job.status]
            ],
            members=members,
            managers=[member.user for member in members if member.role == JobRole.HIRING_MANAGER],
            sees_people=self.may_manage or queries.sees_people_of(self.actor, self.job),
            job_row=job_row,
            form=form,
            chosen=chosen,
            is_filtered=any(
                self.request.GET.get(name) for name in ("q", "stage", "status", "result", "late")
            ),
            page=page,
            rows=person_rows(page.object_list, self.actor, now=self.now),
            columns=self._columns(chosen["sort"]),
            query=self._query(),
            page_links=page_links(page, self.request.GET),
            **kwargs,
        )

    def _query(self) -> str:
        parameters = self.request.GET.copy()
        parameters.pop("page", None)
        return parameters.urlencode()

    def _columns(self, sort: str) -> list[SortLink]:
        first = {"name": "ascending", "stage": "ascending", "waiting": "descending", "score": "descending"}
        columns = [
            SortLink(label, self._sorted_by(name), first[name] if sort == name else "", name == "waiting")
            for name, label in (
                ("name", _("Name")),
                ("stage", _("Stage")),
                ("waiting", _("Here for")),
                ("score", _("Test")),
            )
        ]
        direction = {"newest": "descending", "oldest": "ascending"}.get(sort, "")
        other = "oldest" if sort == "newest" else "newest"
        return [*columns, SortLink(_("Applied"), self._sorted_by(other), direction)]

    def _sorted_by(self, name: str) -> str:
        parameters = self.request.GET.copy()
        parameters.pop("page", None)
        parameters["sort"] = name
        return f"?{parameters.urlencode()}"
