"""The places that a job has to fill: added, closed, filled by a hire, free again when that is taken back."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import Capability, ClosingReason, JobStatus
from hiring.models import Application, Job, Opening
from hiring.operations.access import require_may
from hiring.operations.errors import JobRefused, MoveRefused
from hiring.operations.jobs.events import record_job_event
from hiring.operations.jobs.status import close_filled_job
from hiring.queries.openings import free_openings
from hiring.rules import OPENINGS_AT_ONCE


@transaction.atomic
def add_openings(*, job: Job, count: int = 1, by: Actor, now: datetime) -> list[Opening]:
    """Give the job more places to fill and return them; their numbers go on from the highest there is.

    Raises: `PermissionDenied`; `ValidationError` keyed "count"; `JobRefused` for a closed job ("closed") and when
    somebody else adds some at this moment ("changed").
    """
    require_may(by, Capability.CHANGE_JOB, job)
    if not 1 <= count <= OPENINGS_AT_ONCE:
        raise ValidationError({"count": _("Add between 1 and %d openings at once.") % OPENINGS_AT_ONCE})
    current = Job.objects.get(pk=job.pk)
    if current.status == JobStatus.CLOSED:
        raise JobRefused(
            "closed", _("The job “%s” is closed. Open it again, then add openings.") % current.title
        )
    last = Opening.objects.filter(job=job).aggregate(last=Max("number"))["last"] or 0
    openings = [Opening(job=job, number=last + step, opened_at=now) for step in range(1, count + 1)]
    try:
        with transaction.atomic():
            Opening.objects.bulk_create(openings)
    except IntegrityError as error:
        raise JobRefused(
            "changed", _("Somebody else added openings just now. Look again, then add yours.")
        ) from error
    numbers = [opening.number for opening in openings]
    record_job_event("job.openings_added", current, by=by, now=now, data={"openings": numbers})
    return openings


@transaction.atomic
def close_opening(*, opening: Opening, reason: ClosingReason | str, by: Actor, now: datetime) -> Opening:
    """Close an opening that nobody fills and return it: nobody is hired for it any more.

    Raises: `PermissionDenied`; `JobRefused` for one that is filled or closed by now ("not_free").
    """
    require_may(by, Capability.CHANGE_JOB, opening.job)
    why = ClosingReason(reason)
    closed = _still_free(opening.pk).update(closed_at=now, close_reason=why)
    if not closed:
        raise JobRefused(
            "not_free", _("Opening %d is filled or closed by now. Nothing was changed.") % opening.number
        )
    data = {"opening": opening.number, "reason": str(why)}
    record_job_event("job.opening_closed", opening.job, by=by, now=now, data=data)
    opening.closed_at, opening.close_reason = now, why
    return opening


def fill_opening(*, application: Application, by: Actor, now: datetime) -> None:
    """Let an application that is hired fill the lowest free opening of its job, in the transaction of the hire.

    Of two who are hired at one moment each statement decides: whoever finds an opening filled by then takes the next.
    The job is closed as filled with its last one; `application.job` says so then.
    Raises: `MoveRefused` ("no_opening") when there is none.
    """
    job = application.job
    for pk in free_openings(job.pk).values_list("pk", flat=True):
        if _still_free(pk).update(filled_by=application, filled_at=now):
            break
    else:
        raise MoveRefused(
            "no_opening",
            _("The job “%(job)s” has no free opening. Add one on the page of the job, then hire %(person)s.")
            % {"job": job.title, "person": application.candidate},
        )
    if not free_openings(job.pk).exists():
        application.job = close_filled_job(job=job, by=by, now=now)


def free_opening(*, application: Application) -> None:
    """Free the opening that an application filled, in the transaction that restores it. The job stays as it is."""
    Opening.objects.filter(filled_by=application).update(filled_by=None, filled_at=None)


def _still_free(pk: int) -> QuerySet[Opening]:
    return Opening.objects.filter(pk=pk, filled_by=None, closed_at=None)
