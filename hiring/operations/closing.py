"""Closing a job with what becomes of its open invitations: those that nobody started are withdrawn as long work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from hiring.enums import Capability, ClosingReason
from hiring.models import Application, Job
from hiring.operations.access import require_may
from hiring.operations.jobs.status import close_job
from hiring.operations.withdrawing import withdraw_open_invitations
from hiring.queries.fates import with_unstarted_invitations
from outbox.models import Work
from outbox.operations import Pace, queue_work
from outbox.registries import Report

WITHDRAW = "hiring.withdraw"
_CHUNK = 50


@transaction.atomic
def close_with_invitations(
    *,
    job: Job,
    reason: ClosingReason | str,
    comment: str = "",
    withdraw_invitations: bool = True,
    by: Actor,
    now: datetime,
) -> Job:
    """Close the job as `close_job` does and return it; with `withdraw_invitations` ask for those to be withdrawn.

    Raises as `close_job`.
    """
    closed = close_job(job=job, reason=reason, comment=comment, by=by, now=now)
    if withdraw_invitations and closed.closed_at == now:
        queue_withdrawals(job=closed, by=by, now=now)
    return closed


def queue_withdrawals(*, job: Job, by: Actor, now: datetime) -> Work | None:
    """Ask for every invitation of a job that nobody started to be withdrawn; return the work, None if there is none.

    A test that runs goes on. Who has such an invitation is frozen here.
    Raises `PermissionDenied`.
    """
    require_may(by, Capability.CHANGE_JOB, job)
    ids = with_unstarted_invitations(job, now=now)
    if not ids:
        return None
    return queue_work(
        kind=WITHDRAW,
        intent=f"{WITHDRAW}:{job.pk}:{now.isoformat()}",
        arguments={"job": job.pk, "applications": ids},
        by=by,
        now=now,
        total=len(ids),
    )


def do_withdrawals(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_withdrawals`, each invitation in a transaction of its own, and return its result.

    Doing it again goes on where it was: what is withdrawn is open no more.
    """
    job = Job.objects.get(pk=work.arguments["job"])
    require_may(actor, Capability.CHANGE_JOB, job)
    ids: list[int] = work.arguments["applications"]
    withdrawn, pace = 0, Pace()
    for start in range(0, len(ids), _CHUNK):
        pace()
        rows = Application.objects.filter(job=job, pk__in=ids[start : start + _CHUNK])
        withdrawn += withdraw_open_invitations(
            applications=list(rows.select_related("job").order_by("pk")), by=actor, now=now
        )
        report(min(start + _CHUNK, len(ids)), len(ids))
    summary = ngettext(
        "%(count)d invitation was withdrawn.", "%(count)d invitations were withdrawn.", withdrawn
    )
    return {
        "summary": summary % {"count": withdrawn},
        "counts": [[_("Invitations withdrawn"), withdrawn]],
        "withdrawn": withdrawn,
    }
