"""Links that say where applicants came from. Who has the credit is written once, with the application."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor, User
from hiring.enums import Capability, Source
from hiring.models import Job, TrackingLink
from hiring.operations.access import require_may
from hiring.operations.jobs.events import record_job_event
from rendering.characters import clean_line

# What a link can say; the others say themselves how somebody came.
SOURCES = (Source.LINK, Source.AGENCY, Source.REFERRAL)


@transaction.atomic
def create_tracking_link(
    *,
    job: Job,
    name: str,
    source: Source | str = Source.LINK,
    referred_by: User | None = None,
    agency: str = "",
    by: Actor,
    now: datetime,
) -> TrackingLink:
    """Make a link to the page of `job` whose applications carry its source, and return it.

    An agency has a name, a referral a colleague. Raises: `PermissionDenied`; `ValidationError` keyed by field.
    """
    require_may(by, Capability.CHANGE_JOB, job)
    kind = Source(source)
    if kind == Source.AGENCY and not clean_line(agency):
        raise ValidationError({"agency": _("Name the agency.")})
    if kind == Source.REFERRAL and referred_by is None:
        raise ValidationError({"referred_by": _("Choose the colleague who refers people by this link.")})
    link = TrackingLink(
        job=job,
        name=clean_line(name),
        source=kind,
        referred_by=referred_by if kind == Source.REFERRAL else None,
        agency=clean_line(agency) if kind == Source.AGENCY else "",
        created_by=by.user,
        created_at=now,
    )
    link.full_clean()
    link.save(force_insert=True)
    record_job_event("job.tracking_link_made", job, by=by, now=now, data={"link": link.pk})
    return link


@transaction.atomic
def close_tracking_link(*, link: TrackingLink, by: Actor, now: datetime) -> TrackingLink:
    """Let nobody come by a link of a job any more, and return it; who came keeps the credit. Twice is once.

    Raises `PermissionDenied`.
    """
    assert link.job is not None, "a link for any job has no page yet"
    require_may(by, Capability.CHANGE_JOB, link.job)
    if TrackingLink.objects.filter(pk=link.pk, closed_at=None).update(closed_at=now):
        record_job_event("job.tracking_link_closed", link.job, by=by, now=now, data={"link": link.pk})
    link.refresh_from_db(fields=["closed_at"])
    return link
