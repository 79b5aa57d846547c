"""Moving a selection to another stage, as long work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from hiring.enums import Capability
from hiring.models import Application, Job, Stage
from hiring.operations.access import require_may
from hiring.operations.bulk_inviting import frozen_ids
from hiring.operations.errors import MoveRefused, StaleMove
from hiring.operations.moves import move_to_stage
from hiring.operations.results import Tally, skip_rows
from hiring.queries.selections import Skip, selected
from outbox.models import Work
from outbox.operations import Pace, queue_work
from outbox.registries import Report

MOVE = "hiring.move"
_REPORT_EVERY = 25


def queue_bulk_move(
    *,
    job: Job,
    seen: Sequence[tuple[int, int]],
    to_stage: Stage,
    intent: str,
    by: Actor,
    now: datetime,
) -> Work:
    """Ask for a selection to be moved to a stage of the job and return the work.

    Arguments: `seen` holds the id and the version of each application as the preview showed it; whoever was changed
    meanwhile is left out and named. `intent` comes from the form.
    Raises: `PermissionDenied`; `ValidationError` keyed "applications"; `MoveRefused` for a stage of another job
    ("wrong_job") or one that is not in use ("retired").
    """
    require_may(by, Capability.MOVE, job)
    if to_stage.job_id != job.pk:
        raise MoveRefused(
            "wrong_job", _("“%s” is a stage of another job. Choose one of this job.") % to_stage.name
        )
    if to_stage.retired_at is not None:
        raise MoveRefused(
            "retired", _("The stage “%s” is not in use any more. Choose another.") % to_stage.name
        )
    versions = dict(seen)
    ids = frozen_ids([pk for pk, _version in seen])
    return queue_work(
        kind=MOVE,
        intent=f"{MOVE}:{intent}",
        arguments={
            "job": job.pk,
            "stage": to_stage.pk,
            "applications": [[pk, versions[pk]] for pk in ids],
        },
        by=by,
        now=now,
        total=len(ids),
    )


def do_bulk_move(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_bulk_move`, each move in a transaction of its own, and return its result.

    Doing it again goes on where it was: whoever stands at the stage already is done.
    """
    job = Job.objects.get(pk=work.arguments["job"])
    require_may(actor, Capability.MOVE, job)
    stage = Stage.objects.get(pk=work.arguments["stage"], job=job)
    versions: dict[int, int] = dict(work.arguments["applications"])
    found, skipped = selected(job, versions, actor)
    tally, pace = Tally(skipped=list(skipped)), Pace()
    for number, application in enumerate(found, start=1):
        pace()
        code = _move(application, stage, versions[application.pk], by=actor, now=now)
        if code:
            tally.skipped.append(Skip(application.pk, application, code))
        else:
            tally.done += 1
        if number % _REPORT_EVERY == 0:
            report(number, len(versions))
    report(len(versions), len(versions))
    summary = ngettext(
        "%(count)d person is at “%(stage)s” now.", "%(count)d people are at “%(stage)s” now.", tally.done
    )
    return {
        "summary": summary % {"count": tally.done, "stage": stage.name},
        "counts": [[_("Moved"), tally.done], *tally.counts()],
        "moved": tally.done,
        **skip_rows(tally.skipped),
    }


def _move(application: Application, stage: Stage, version: int, *, by: Actor, now: datetime) -> str:
    """Move one; return why not, as a code of `rules.SKIP_REASONS`."""
    try:
        move_to_stage(application=application, to_stage=stage, seen_version=version, by=by, now=now)
    except StaleMove:
        return "changed"
    except MoveRefused:
        return "not_active"
    except PermissionDenied:
        # The rights for the job were asked before, so this is the one thing left: somebody moving themselves.
        return "own"
    return ""
