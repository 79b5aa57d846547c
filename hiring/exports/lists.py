"""The lists of people, of jobs and of invitations to tests as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

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
    headings = [
        gettext("Name"),
        gettext("Email address"),
        gettext("Phone"),
        gettext("Language"),
        gettext("Tags"),
        gettext("Applications"),
        gettext("Added"),
        gettext("Person"),
    ]
    file = ListFile(
        listed="everybody",
        name="everybody",
        sheet=gettext("People"),
        headings=headings,
        keys=list(takeable_people(rows, by).values_list("pk", flat=True)),
        lines=lambda keys: _people(keys, by),
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
    headings = [
        gettext("Title"),
        gettext("Status"),
        gettext("Department"),
        gettext("Team"),
        gettext("Location"),
        gettext("Kind of work"),
        gettext("Active"),
        gettext("On hold"),
        gettext("Hired"),
        gettext("Rejected"),
        gettext("Opened"),
        gettext("Closed"),
    ]
    file = ListFile(
        listed="jobs",
        name="jobs",
        sheet=gettext("Jobs"),
        headings=headings,
        keys=list(rows),
        lines=lambda jobs: map(_job, jobs),
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
    headings = [
        gettext("Name"),
        gettext("Email address"),
        gettext("Job"),
        gettext("Test"),
        gettext("Version"),
        gettext("State"),
        gettext("Percent"),
        gettext("Result"),
        gettext("Mail"),
        gettext("Invited"),
        gettext("Opens"),
        gettext("Start by"),
        *([gettext("Extra time in minutes")] if with_time else []),
    ]
    file = ListFile(
        listed="invitations",
        name="invitations",
        sheet=gettext("Invitations"),
        headings=headings,
        keys=list(takeable_invitations(rows, by).values_list("pk", flat=True)),
        lines=lambda keys: _invitations(keys, now=now, with_time=with_time),
        filters=filters,
    )
    return take_list(file, format=format, by=by, now=now)


def _people(keys: Sequence[int], by: Actor) -> Iterator[list[Any]]:
    tags, applied = tags_of(keys), _applied(keys, by)
    for person in in_order(with_main_address(Candidate.objects.all()), keys):
        yield [
            person.full_name,
            getattr(person, "main_address", None) or "",
            person.phone,
            person.language,
            ", ".join(tags.get(person.pk, ())),
            applied.get(person.pk, 0),
            person.created_at,
            person.public_id,
        ]


def _applied(people: Sequence[int], by: Actor) -> Mapping[int, int]:
    """How many applications of each of these people the reader sees. One query."""
    seen = Application.objects.filter(candidate__in=people).visible_to(by)
    return dict(seen.order_by().values_list("candidate").annotate(Count("pk")))


def _job(job: Any) -> list[Any]:
    counts = (job.active_count, job.on_hold_count, job.hired_count, job.rejected_count)
    return [
        job.title,
        JobStatus(job.status).label,
        job.department,
        job.team,
        job.location,
        JobKind(job.kind).label if job.kind else "",
        *(counts if job.is_counted else (None,) * len(counts)),
        job.opened_at,
        job.closed_at,
    ]


def _invitations(keys: Sequence[int], *, now: datetime, with_time: bool) -> Iterator[list[Any]]:
    rows: QuerySet[Any] = invitation_rows(Invitation.objects.all(), now).annotate(
        email=main_address_of("candidate"), job=F("application_link__application__job__title")
    )
    for row in in_order(rows, keys):
        yield [
            str(row.candidate),
            row.email or "",
            row.job or "",
            row.version.assessment.name,
            row.version.number,
            InvitationState(row.state_now).label,
            row.percent,
            Band(row.band).label if row.band else "",
            MessageState(row.mail_state).label if row.mail_state else "",
            row.created_at,
            row.not_before,
            row.expires_at,
            *([row.extra_seconds // 60] if with_time else []),
        ]
