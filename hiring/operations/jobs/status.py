"""Opening, pausing and closing a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import Capability, ClosingReason, JobStatus
from hiring.models import Approval, Job
from hiring.operations.access import require_may
from hiring.operations.errors import JobRefused
from hiring.operations.jobs.events import record_job_event
from hiring.operations.letting_in import withdraw_waiting
from hiring.rules import JOB_EDGES
from rendering.characters import clean_text

COMMENT_LENGTH = 1000


def open_job(*, job: Job, by: Actor, now: datetime) -> Job:
    """Open the job and return it. The first opening is remembered; opening it again after closing keeps that moment.

    Raises: `PermissionDenied`; `JobRefused` from a status that does not lead there.
    """
    require_may(by, Capability.CHANGE_JOB, job)
    return _set_status(job, JobStatus.OPEN, by=by, now=now)


def pause_job(*, job: Job, by: Actor, now: datetime) -> Job:
    """Pause the job and return it: nobody new from outside; those who are in it go on. Raises as `open_job`."""
    require_may(by, Capability.CHANGE_JOB, job)
    return _set_status(job, JobStatus.PAUSED, by=by, now=now)


def close_job(
    *,
    job: Job,
    reason: ClosingReason | str = ClosingReason.OTHER,
    comment: str = "",
    by: Actor,
    now: datetime,
) -> Job:
    """Close the job and return it: nobody is added and no score moves anybody. Applications stay as they are,
    approvals that wait are withdrawn.

    Raises as `open_job`, and `ValidationError` keyed "comment" for one that is too long.
    """
    require_may(by, Capability.CHANGE_JOB, job)
    cleaned = clean_text(comment).strip()
    if len(cleaned) > COMMENT_LENGTH:
        raise ValidationError({"comment": _("Keep the comment to 1,000 characters.")})
    why = {"closing_reason": ClosingReason(reason), "closing_comment": cleaned}
    return _set_status(job, JobStatus.CLOSED, by=by, now=now, why=why)


def close_filled_job(*, job: Job, by: Actor, now: datetime) -> Job:
    """Close a job as filled with the last one who is hired and return it, in the transaction of the hire.

    Whoever may hire may fill the last opening, also without a right to change the job.
    """
    why = {"closing_reason": ClosingReason.FILLED, "closing_comment": ""}
    return _set_status(job, JobStatus.CLOSED, by=by, now=now, why=why)


def _set_status(
    job: Job, wanted: JobStatus, *, by: Actor, now: datetime, why: Mapping[str, str] | None = None
) -> Job:
    with transaction.atomic():
        current = Job.objects.get(pk=job.pk)
        if current.status == wanted:
            return current
        if wanted not in JOB_EDGES[current.status]:
            raise JobRefused(
                "no_edge",
                _("The job “%(title)s” is “%(status)s” and cannot become “%(wanted)s”.")
                % {"title": current.title, "status": current.get_status_display(), "wanted": wanted.label},
            )
        changes: dict[str, Any] = {"status": wanted}
        if wanted == JobStatus.OPEN:
            changes |= {
                "opened_at": current.opened_at or now,
                "closed_at": None,
                "closing_reason": "",
                "closing_comment": "",
            }
        if wanted == JobStatus.CLOSED:
            changes |= {"closed_at": now, **(why or {})}
        if not Job.objects.filter(pk=job.pk, status=current.status).update(**changes):
            raise JobRefused("changed", _("Somebody else changed the job just now. Look again."))
        data = {"from": current.status}
        if why is not None:
            data["reason"] = str(why["closing_reason"])
        if wanted == JobStatus.CLOSED:
            withdraw_waiting(Approval.objects.filter(application__job=job), by=by, now=now)
        record_job_event(f"job.{wanted.value}", current, by=by, now=now, data=data)
    for name, value in changes.items():
        setattr(current, name, value)
    return current
