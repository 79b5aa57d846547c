"""The lists of people, of jobs and of invitations to tests as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, F, QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from accounts.registries import may_see_field
from assessments.enums import Band, InvitationState
from assessments.models import Invitation
from assessments.queries import invitation_rows
from candidates.models import Candidate
from candidates.queries import main_address_of, with_main_address
from hiring.enums import JobKind, JobStatus
from hiring.exports.applications import tags_of
from hiring.models import Application, Job
from hiring.queries.access import takeable_invitations, takeable_people
from outbox.enums import MessageState
from outbox.operations import ListFile, in_order, take_list
from rendering.tables import TableColumn

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


def everybody_response(
    rows: QuerySet[Candidate],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return people (what the reader sees, in order) as a file, and write down who takes it.

    It holds those whom the reader may take along (`takeable_people`). `filters` are the names of what narrows it down.
    Raises `TooManyRows` for an XLSX that would take too long.
    """
    file = ListFile(
        listed="everybody",
        name="everybody",
        sheet=gettext("People"),
        columns=_PEOPLE,
        keys=list(takeable_people(rows, by).values_list("pk", flat=True)),
        rows=lambda keys: _people(keys, by),
        filters=filters,
    )
    return take_list(file, format=format, by=by, now=now)


def jobs_response(
    rows: QuerySet[Job],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return jobs (from `queries.jobs_with_counts`, in order) as a file, and write down who takes it.

    It names no person and no pay; the counts of jobs whose people do not count for the reader are empty.
    `filters` are the names of what narrows it down. Raises `TooManyRows` for an XLSX that would take too long.
    """
    file = ListFile(
        listed="jobs",
        name="jobs",
        sheet=gettext("Jobs"),
        columns=_JOBS,
        keys=list(rows),
        rows=iter,
        filters=filters,
    )
    return take_list(file, format=format, by=by, now=now)


def invitations_response(
    rows: QuerySet[Invitation],
    *,
    filters: Sequence[str],
    format: str,
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return invitations to tests (what the reader sees, in order) as a file, and write down who takes it.

    It holds those that the reader may take along; extra time only for whoever may know of it, and never why it was
    given. `filters` are the names of what narrows it down. Raises `TooManyRows` for an XLSX that would take too long.
    """
    with_time = may_see_field(Invitation._meta.label, "extra_seconds", by)
    loaded: QuerySet[Any] = invitation_rows(Invitation.objects.all(), now).annotate(
        email=main_address_of("candidate"), job=F("application_link__application__job__title")
    )
    file = ListFile(
        listed="invitations",
        name="invitations",
        sheet=gettext("Invitations"),
        columns=[*_INVITATIONS, *([_EXTRA_TIME] if with_time else [])],
        keys=list(takeable_invitations(rows, by).values_list("pk", flat=True)),
        rows=partial(in_order, loaded),
        filters=filters,
    )
    return take_list(file, format=format, by=by, now=now)


@dataclass(frozen=True, slots=True)
class _Person:
    """What the columns of people are read from."""

    person: Any
    tags: Sequence[str]
    applied: int


_PEOPLE: Final[Sequence[TableColumn[_Person]]] = (
    TableColumn(_("Name"), lambda row: row.person.full_name),
    TableColumn(_("Email address"), lambda row: row.person.main_address or ""),
    TableColumn(_("Phone"), lambda row: row.person.phone),
    TableColumn(_("Language"), lambda row: row.person.language),
    TableColumn(_("Tags"), lambda row: ", ".join(row.tags)),
    TableColumn(_("Applications"), lambda row: row.applied),
    TableColumn(_("Added"), lambda row: row.person.created_at),
    TableColumn(_("Person"), lambda row: row.person.public_id),
)


def _people(keys: Sequence[int], by: Actor) -> Iterator[_Person]:
    tags, applied = tags_of(keys), _applied(keys, by)
    for person in in_order(with_main_address(Candidate.objects.all()), keys):
        yield _Person(person, tags.get(person.pk, ()), applied.get(person.pk, 0))


def _applied(people: Sequence[int], by: Actor) -> Mapping[int, int]:
    """How many applications of each of these people the reader sees. One query."""
    seen = Application.objects.filter(candidate__in=people).visible_to(by)
    return dict(seen.order_by().values_list("candidate").annotate(Count("pk")))


def _counted(heading: StrPromise, count: str) -> TableColumn[Any]:
    """A count of a job's people, empty where they do not count for the reader."""
    return TableColumn(heading, lambda job: getattr(job, count) if job.is_counted else None)


_JOBS: Final[Sequence[TableColumn[Any]]] = (
    TableColumn(_("Title"), lambda job: job.title),
    TableColumn(_("Status"), lambda job: JobStatus(job.status).label),
    TableColumn(_("Department"), lambda job: job.department),
    TableColumn(_("Team"), lambda job: job.team),
    TableColumn(_("Location"), lambda job: job.location),
    TableColumn(_("Kind of work"), lambda job: JobKind(job.kind).label if job.kind else ""),
    _counted(_("Active"), "active_count"),
    _counted(_("On hold"), "on_hold_count"),
    _counted(_("Hired"), "hired_count"),
    _counted(_("Rejected"), "rejected_count"),
    TableColumn(_("Opened"), lambda job: job.opened_at),
    TableColumn(_("Closed"), lambda job: job.closed_at),
)
_INVITATIONS: Final[Sequence[TableColumn[Any]]] = (
    TableColumn(_("Name"), lambda row: str(row.candidate)),
    TableColumn(_("Email address"), lambda row: row.email or ""),
    TableColumn(_("Job"), lambda row: row.job or ""),
    TableColumn(_("Test"), lambda row: row.version.assessment.name),
    TableColumn(_("Version"), lambda row: row.version.number),
    TableColumn(_("State"), lambda row: InvitationState(row.state_now).label),
    TableColumn(_("Percent"), lambda row: row.percent),
    TableColumn(_("Result"), lambda row: Band(row.band).label if row.band else ""),
    TableColumn(_("Mail"), lambda row: MessageState(row.mail_state).label if row.mail_state else ""),
    TableColumn(_("Invited"), lambda row: row.created_at),
    TableColumn(_("Opens"), lambda row: row.not_before),
    TableColumn(_("Start by"), lambda row: row.expires_at),
)
_EXTRA_TIME: Final[TableColumn[Any]] = TableColumn(
    _("Extra time in minutes"), lambda row: row.extra_seconds // 60
)
