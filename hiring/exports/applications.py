"""Lists of applications as files: what a list shows of each, and what a list has no room for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import OuterRef, QuerySet, Subquery
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from candidates.models import Candidate
from hiring.enums import ApplicationStatus, Source, TestOutcome
from hiring.models import Application, ApplicationAssessment, Job
from hiring.queries.access import takeable
from hiring.queries.lists import with_list_columns
from hiring.queries.reports import Report
from hiring.queries.reports.shape import Column, Row
from hiring.queries.rows import PersonRow, person_row
from outbox.operations import ListFile, in_order, take_list
from rendering.tables import TableColumn


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleList:
    """A list of applications that somebody takes with them.

    `listed` says to the history which list it is, `filters` what narrows it down (never what was looked for). A list of
    one job names no jobs; without names it has nothing that names a person.
    """

    listed: str
    name: str
    filters: Sequence[str] = ()
    job: Job | None = None
    with_names: bool = True


def people_response(
    rows: QuerySet[Application],
    taken: PeopleList,
    *,
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return `rows` (what the reader sees, in order) as a file, and write down who takes it.

    Of named people it holds those of jobs where the reader's role includes that.

    Raises `TooManyRows` for an XLSX that would take too long.
    """
    columns = [
        column
        for column in _COLUMNS
        if (taken.with_names or not column.names) and (taken.job is None or not column.jobs)
    ]
    file = ListFile(
        listed=taken.listed,
        name=taken.name,
        sheet=gettext("People"),
        columns=columns,
        keys=list((takeable(rows, by) if taken.with_names else rows).values_list("pk", flat=True)),
        rows=lambda keys: _lines(keys, now),
        filters=taken.filters,
        about=Job._meta.label if taken.job else "",
        about_id=taken.job.pk if taken.job else None,
    )
    return take_list(file, format=format, by=by, now=now)


def applications_response(
    rows: QuerySet[Application],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return `rows` of the list over all jobs as a file, as `people_response` does."""
    taken = PeopleList(listed="applications", name="applications", filters=filters)
    return people_response(rows, taken, format=format, by=by, now=now)


def report_response(
    report: Report,
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return the table of a report as a file, and write down who takes it.

    `filters` are the names of what was chosen. Shares are between 0 and 1, whatever a page makes of them.
    """
    kind = report.kind
    file = ListFile(
        listed=f"numbers {kind.name}",
        name=f"report-{kind.name}",
        sheet=str(kind.title),
        columns=[
            TableColumn(kind.row_title, lambda row: row.name),
            *(_number(column) for column in report.columns),
        ],
        keys=report.rows,
        rows=iter,
        filters=filters,
    )
    return take_list(file, format=format, by=by, now=now)


@dataclass(frozen=True, slots=True)
class _Line:
    """What the columns are taken from."""

    row: PersonRow
    application: Any
    tags: Sequence[str]


def _number(column: Column) -> TableColumn[Row]:
    return TableColumn(column.title, lambda row: row.values[column.key])


@dataclass(frozen=True)
class _Column(TableColumn[_Line]):
    """A column of people. What names a person is left out for whoever may not see the people."""

    names: bool = False
    jobs: bool = False


_COLUMNS: Final = (
    _Column(_("Name"), lambda line: str(line.application.candidate), names=True),
    _Column(_("Email address"), lambda line: line.application.email, names=True),
    _Column(_("Phone"), lambda line: line.application.candidate.phone, names=True),
    _Column(_("Job"), lambda line: line.application.job.title, jobs=True),
    _Column(_("Stage"), lambda line: line.application.stage.name),
    _Column(_("Status"), lambda line: ApplicationStatus(line.application.status).label),
    _Column(_("Days at the stage"), lambda line: line.row.days),
    _Column(_("Over target"), lambda line: line.row.is_late),
    _Column(_("Applied"), lambda line: line.application.applied_at),
    _Column(_("Source"), lambda line: Source(line.application.source).label),
    _Column(
        _("Result"),
        lambda line: TestOutcome(line.application.outcome).label if line.application.outcome else "",
    ),
    _Column(_("Percent"), lambda line: line.application.percent),
    _Column(_("Standard error"), lambda line: line.application.error),
    _Column(_("Second look"), lambda line: line.application.is_flagged),
    _Column(_("Tags"), lambda line: ", ".join(line.tags), names=True),
    _Column(_("Application"), lambda line: line.application.public_id, names=True),
)


def _lines(keys: Sequence[int], now: datetime) -> Iterator[_Line]:
    """What these applications have in the file. Two queries."""
    rows = in_order(_loaded(Application.objects.all()), keys)
    tags = tags_of([row.candidate_id for row in rows])
    for row in rows:
        yield _Line(person_row(row, now=now), row, tags.get(row.candidate_id, ()))


def _loaded(rows: QuerySet[Application]) -> QuerySet[Application]:
    tests = ApplicationAssessment.objects.filter(application=OuterRef("pk")).order_by("-pk")
    return with_list_columns(rows).annotate(error=Subquery(tests.values("score__error")[:1]))


def tags_of(people: Sequence[int]) -> Mapping[int, list[str]]:
    """Return the tags of each of these people, in their order. One query."""
    ties = Candidate.tags.through.objects.filter(candidate__in=people).order_by("tag__name", "pk")
    tags: dict[int, list[str]] = defaultdict(list)
    for person, name in ties.values_list("candidate", "tag__name"):
        tags[person].append(name)
    return tags
