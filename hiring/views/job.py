"""The page of a job: its stages with their people, the list, and what can be done with those who are chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from hiring import queries
from hiring.enums import Capability, JobRole, JobStatus
from hiring.forms import PeopleFilterForm, ResumesForm
from hiring.models import Follow, Job
from hiring.queries.board import with_steps
from hiring.queries.drafts import with_draft_count
from hiring.queries.rows import PersonRow, person_rows, with_tags
from hiring.rules import JOB_EDGES
from hiring.rules.drafts import MOST_AT_ONCE
from hiring.views.bases import JobPage
from hiring.views.choosing import listed
from hiring.views.openings import openings_part
from hiring.views.turning import list_query
from shell.admin import KeysFirstPaginator
from shell.columns import Column, page_links, shown_columns

PAGE_SIZE = 50
# What is done with several people at once.
_FOR_MANY = (Capability.ADD, Capability.INVITE, Capability.MOVE, Capability.DECIDE, Capability.MAIL)


# The table of people; what a click on a heading sorts by is called as its column, but for the day of applying.
COLUMNS = (
    Column("name", gettext_lazy("Name"), first="ascending", is_fixed=True),
    Column("stage", gettext_lazy("Stage"), first="ascending"),
    Column("waiting", gettext_lazy("Here for"), first="descending", is_number=True),
    Column("score", gettext_lazy("Test"), first="descending"),
    Column("applied", gettext_lazy("Applied")),
    Column("next", gettext_lazy("What comes next"), is_usual=False),
    Column("tags", gettext_lazy("Tags"), is_usual=False),
)


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

    def jobs(self) -> QuerySet[Job]:
        followed = Follow.objects.filter(job=OuterRef("pk"), user=self.actor.user)
        return with_draft_count(super().jobs().annotate(is_followed=Exists(followed)))

    def get_title(self) -> str:
        return self.job.title

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Jobs"), reverse("admin:hiring_job_changelist"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = PeopleFilterForm(self.request.GET, job=self.job, actor=self.actor)
        chosen = form.chosen()
        [job_row] = queries.jobs_by_stage([self.job], self.actor, now=self.now)
        members = list(queries.members_of(self.job))
        people = KeysFirstPaginator(listed(form, self.actor, now=self.now), PAGE_SIZE)
        page = people.get_page(self.request.GET.get("page"))
        return super().get_context_data(
            status=JobStatus(self.job.status),
            status_steps=[
                JobStatus(to) for to in ("open", "paused", "closed") if to in JOB_EDGES[self.job.status]
            ],
            members=members,
            managers=[member.user for member in members if member.role == JobRole.HIRING_MANAGER],
            takes_numbers=Capability.EXPORT_NUMBERS in self.rights,
            sees_people=Capability.SEE in self.rights,
            sees_numbers=not self.rights.isdisjoint((Capability.SEE, Capability.NUMBERS)),
            can_choose=not self.rights.isdisjoint(_FOR_MANY),
            job_row=job_row,
            openings=openings_part(self.job, self.actor),
            resumes_form=ResumesForm(),
            most=MOST_AT_ONCE,
            form=form,
            chosen=chosen,
            is_filtered=bool(form.used),
            saved_filters=queries.saved_filters(self.job, self.actor),
            kept_query=form.query(without=("q",)),
            page=page,
            rows=self._rows(page.object_list, search=chosen["q"]),
            columns=self._columns(chosen["sort"]),
            choosable=COLUMNS,
            shown=[column.key for column in self.shown],
            query=self._query(),
            list_query=list_query(form),
            page_offset=page.start_index() - 1,
            page_links=page_links(page, self.request.GET),
            **kwargs,
        )

    def _query(self) -> str:
        parameters = self.request.GET.copy()
        parameters.pop("page", None)
        return parameters.urlencode()

    @cached_property
    def shown(self) -> list[Column]:
        """The columns that the actor wants to see."""
        return shown_columns(self.actor.user, "people-table", COLUMNS) if self.actor.user else list(COLUMNS)

    def _rows(self, applications: Any, *, search: str) -> list[PersonRow]:
        rows = person_rows(applications, self.actor, now=self.now, search=search)
        keys = {column.key for column in self.shown}
        rows = with_steps(rows, self.actor) if "next" in keys else rows
        return with_tags(rows) if "tags" in keys else rows

    def _columns(self, sort: str) -> list[SortLink]:
        return [self._heading(column, sort) for column in self.shown]

    def _heading(self, column: Column, sort: str) -> SortLink:
        if column.key == "applied":
            direction = {"newest": "descending", "oldest": "ascending"}.get(sort, "")
            return SortLink(
                str(column.label), self._sorted_by("oldest" if sort == "newest" else "newest"), direction
            )
        url = self._sorted_by(column.key) if column.first else ""
        direction = column.first if sort == column.key else ""
        return SortLink(str(column.label), url, direction, column.is_number)

    def _sorted_by(self, name: str) -> str:
        parameters = self.request.GET.copy()
        parameters.pop("page", None)
        parameters["sort"] = name
        return f"?{parameters.urlencode()}"
