"""Links that say where applicants came from. Who has the credit is written once, with the application."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Actor, User
from hiring.enums import Capability, Source
from hiring.models import Job, TrackingLink
from hiring.operations.access import require_may, require_recruiter
from hiring.operations.credit import Credit
from hiring.operations.jobs.events import record_job_event
from outbox.operations import record_event
from rendering.characters import clean_line

# What a link can say; the others say themselves how somebody came.
SOURCES = (Source.LINK, Source.AGENCY, Source.REFERRAL)


@transaction.atomic
def create_tracking_link(
    *,
    job: Job | None,
    name: str,
    source: Source | str = Source.LINK,
    referred_by: User | None = None,
    agency: str = "",
    by: Actor,
    now: datetime,
) -> TrackingLink:
    """Make a link to the page of `job`, without one to all open jobs, whose applications carry its source; return it.

    An agency has a name, a referral a colleague. Raises: `PermissionDenied`; `ValidationError` keyed by field.
    """
    _require(by, job)
    kind = Source(source)
    credit = Credit(source=kind, referred_by=referred_by, agency=agency).cleaned()
    link = TrackingLink(
        job=job,
        name=clean_line(name),
        source=kind,
        referred_by=credit.referred_by,
        agency=credit.agency,
        created_by=by.user,
        created_at=now,
    )
    link.full_clean()
    link.save(force_insert=True)
    _record("made", link, by=by, now=now)
    return link


@transaction.atomic
def close_tracking_link(*, link: TrackingLink, by: Actor, now: datetime) -> TrackingLink:
    """Let nobody come by a link any more, and return it; who came keeps the credit. Twice is once.

    Raises `PermissionDenied`.
    """
    _require(by, link.job)
    if TrackingLink.objects.filter(pk=link.pk, closed_at=None).update(closed_at=now):
        _record("closed", link, by=by, now=now)
    link.refresh_from_db(fields=["closed_at"])
    return link


def _require(by: Actor, job: Job | None) -> None:
    if job is None:
        require_recruiter(by)
    else:
        require_may(by, Capability.CHANGE_JOB, job)


def _record(what: str, link: TrackingLink, *, by: Actor, now: datetime) -> None:
    if link.job is not None:
        record_job_event(f"job.tracking_link_{what}", link.job, by=by, now=now, data={"link": link.pk})
    else:
        record_event(
            kind=f"tracking_link.{what}", by=by, now=now, about=TrackingLink._meta.label, about_id=link.pk
        )
