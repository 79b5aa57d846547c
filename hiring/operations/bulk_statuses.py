"""Putting a selection on hold, marking it as withdrawn or restoring it, as long work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import ApplicationStatus, Capability
from hiring.models import Application, Job
from hiring.operations.access import require_may
from hiring.operations.bulk_inviting import frozen_ids
from hiring.operations.errors import MoveRefused, StaleMove
from hiring.operations.moves import change_status, checked_comment
from hiring.operations.results import Tally, skip_rows
from hiring.operations.withdrawing import withdraw_open_invitations
from hiring.queries.selections import Skip, own_address, selected
from hiring.queries.statuses import beside_live, why_status_stays
from outbox.models import Work
from outbox.operations import Pace, queue_work
from outbox.registries import Report

STATUS = "hiring.status"
_REPORT_EVERY = 25
# Rejecting has a reason and a mail, hiring an opening each.
BULK_STATUSES = (ApplicationStatus.ON_HOLD, ApplicationStatus.WITHDRAWN, ApplicationStatus.ACTIVE)


def queue_bulk_status(
    *,
    job: Job,
    seen: Sequence[tuple[int, int]],
    to_status: ApplicationStatus | str,
    comment: str = "",
    withdraw_invitations: bool = False,
    intent: str,
    by: Actor,
    now: datetime,
) -> Work:
    """Ask for a selection to get a status of `BULK_STATUSES` and return the work.

    Arguments: `seen` holds the id and the version of each application as the preview showed it; whoever was changed
    meanwhile is left out and named. With `withdraw_invitations` their invitations that nobody started are withdrawn.
    `intent` comes from the form.
    Raises: `PermissionDenied`; `ValidationError` keyed "applications", "status" or "comment".
    """
    require_may(by, Capability.DECIDE, job)
    wanted = ApplicationStatus(to_status)
    if wanted not in BULK_STATUSES:
        raise ValidationError({"status": _("Choose one of the statuses offered.")})
    versions = dict(seen)
    ids = frozen_ids([pk for pk, _version in seen])
    return queue_work(
        kind=STATUS,
        intent=f"{STATUS}:{intent}",
        arguments={
            "job": job.pk,
            "status": wanted.value,
            "comment": checked_comment(comment),
            "withdraw_invitations": withdraw_invitations,
            "applications": [[pk, versions[pk]] for pk in ids],
        },
        by=by,
        now=now,
        total=len(ids),
    )


def do_bulk_status(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_bulk_status`, each application in a transaction of its own, and return its result.

    Doing it again goes on where it was: who is one version further and has the status got it by this.
    """
    arguments = work.arguments
    job = Job.objects.get(pk=arguments["job"])
    require_may(actor, Capability.DECIDE, job)
    wanted = ApplicationStatus(arguments["status"])
    versions: dict[int, int] = dict(arguments["applications"])
    found, skipped = selected(job, versions, actor)
    tally, pace, mine = Tally(skipped=list(skipped)), Pace(), own_address(actor)
    beside = beside_live(found, wanted)
    for number, application in enumerate(found, start=1):
        pace()
        seen = versions[application.pk]
        done_before = application.status == wanted and application.version == seen + 1
        code = "" if done_before else why_status_stays(application, wanted, own_address=mine, beside=beside)
        if not code and not done_before:
            code = _change(application, wanted, seen, arguments["comment"], by=actor, now=now)
        if code:
            tally.skipped.append(Skip(application.pk, application, code))
            continue
        tally.done += 1
        tally.changed.append((application.pk, seen + 1))
        if arguments["withdraw_invitations"] and wanted != ApplicationStatus.ACTIVE:
            tally.withdrawn += withdraw_open_invitations(applications=[application], by=actor, now=now)
        if number % _REPORT_EVERY == 0:
            report(number, len(versions))
    report(len(versions), len(versions))
    return {
        "summary": _("Now “%(status)s”: %(count)d.") % {"status": wanted.label, "count": tally.done},
        "counts": [
            [str(wanted.label), tally.done],
            *([[_("Invitations withdrawn"), tally.withdrawn]] if tally.withdrawn else []),
            *tally.counts(),
        ],
        "changed": tally.done,
        "undoable": tally.changed,
        **skip_rows(tally.skipped),
    }


def _change(
    application: Application,
    wanted: ApplicationStatus,
    version: int,
    comment: str,
    *,
    by: Actor,
    now: datetime,
) -> str:
    """Change one; return why not, as a code of `rules.SKIP_REASONS`."""
    try:
        change_status(
            application=application,
            to_status=wanted,
            seen_version=version,
            comment=comment,
            by=by,
            now=now,
        )
    except StaleMove:
        return "changed"
    except MoveRefused as refusal:
        return "other_live" if refusal.code == "other_live" else "not_active"
    except PermissionDenied:
        # The rights for the job were asked before, so this is the one thing left: somebody deciding about themselves.
        return "own"
    return ""
