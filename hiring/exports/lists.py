"""The lists of people and of jobs as files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext

from accounts.models import Actor
from candidates.models import Candidate
from candidates.queries import with_main_address
from hiring.enums import JobKind, JobStatus
from hiring.exports.applications import tags_of
from hiring.exports.sizes import CHUNK, refuse_too_many
from hiring.models import Application, Job
from hiring.queries.access import takeable_people
from outbox.operations import record_export
from rendering.downloads import table_response


def everybody_response(
    rows: QuerySet[Candidate],
    *,
    filters: Sequence[str],
    format: str,  # noqa: A002 -- what it is called in the address
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return people (what the reader sees, in order) as a file, and write down who takes it.

    It holds those whom the reader may take along (`takeable_people`). `filters` are the names of what narrows it down.
    Raises `TooManyRows` for an XLSX that would take too long.
    """
    ids = list(takeable_people(rows, by).values_list("pk", flat=True))
    refuse_too_many(len(ids), format)
    record_export(listed="everybody", format=format, count=len(ids), filters=filters, by=by, now=now)
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
    lines = _people(ids, by)
    return table_response(headings, lines, name="everybody", format=format, sheet=gettext("People"))


def jobs_response(
    rows: QuerySet[Job],
    *,
    filters: Sequence[str],
    format: str,  # noqa: A002 -- what it is called in the address
    by: Actor,
    now: datetime,
) -> HttpResponseBase:
    """Return jobs (from `queries.jobs_with_counts`, in order) as a file, and write down who takes it.

    It names no person and no pay; the counts of jobs whose people do not count for the reader are empty.
    `filters` are the names of what narrows it down. Raises `TooManyRows` for an XLSX that would take too long.
    """
    jobs = list(rows)
    refuse_too_many(len(jobs), format)
    record_export(listed="jobs", format=format, count=len(jobs), filters=filters, by=by, now=now)
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
    lines = [_job(job) for job in jobs]
    return table_response(headings, lines, name="jobs", format=format, sheet=gettext("Jobs"))


def _people(ids: Sequence[int], by: Actor) -> Iterator[list[Any]]:
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        found = {row.pk: row for row in with_main_address(Candidate.objects.filter(pk__in=chunk))}
        tags, applied = tags_of(chunk), _applied(chunk, by)
        # Whoever was erased while the file was written is in it no more.
        for person in (found[pk] for pk in chunk if pk in found):
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
