"""Hiring a selection, one opening after the other, as long work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from hiring.enums import ApplicationStatus, Capability, JobStatus
from hiring.models import Application, Job
from hiring.operations.access import own_candidate_ids, require_may
from hiring.operations.bulk_inviting import frozen_ids
from hiring.operations.errors import MoveRefused, StaleMove
from hiring.operations.moves import change_status, checked_comment
from hiring.operations.results import Tally, skip_rows
from hiring.operations.withdrawing import withdraw_open_invitations
from hiring.queries.hires import last_stage, preview_hires, why_not_hired
from hiring.queries.selections import Skip, selected
from outbox.models import Work
from outbox.operations import Pace, queue_work
from outbox.registries import Report

HIRE = "hiring.hire"
_REPORT_EVERY = 25
# What `change_status` says, as a code of `rules.SKIP_REASONS`.
_CODES = {"no_opening": "no_opening", "not_last_stage": "not_last_stage"}


def queue_bulk_hire(
    *,
    job: Job,
    seen: Sequence[tuple[int, int]],
    comment: str = "",
    withdraw_invitations: bool = False,
    intent: str,
    by: Actor,
    now: datetime,
) -> Work:
    """Ask for a selection to be hired and return the work.

    Each fills the lowest opening that is free then; with the last one the job closes as filled.
    Arguments: `seen` holds the id and the version of each application as the preview showed it; whoever was changed
    meanwhile is left out and named. With `withdraw_invitations` their invitations that nobody started are withdrawn.
    `intent` comes from the form.
    Raises: `PermissionDenied`; `ValidationError` keyed "applications" or "comment"; `MoveRefused` with fewer free
    openings than people ("too_few_openings"): nothing here chooses who goes without.
    """
    require_may(by, Capability.DECIDE, job)
    versions = dict(seen)
    ids = frozen_ids([pk for pk, _version in seen])
    cleaned = checked_comment(comment)
    found = preview_hires(job=job, application_ids=ids, actor=by, now=now)
    if found.too_few:
        raise MoveRefused(
            "too_few_openings",
            _(
                "Free openings of “%(job)s”: %(free)d; people to hire: %(people)d. Nobody was hired: add openings on "
                "the page of the job, or choose fewer people."
            )
            % {"job": job.title, "free": len(found.openings), "people": len(found.will)},
        )
    return queue_work(
        kind=HIRE,
        intent=f"{HIRE}:{intent}",
        arguments={
            "job": job.pk,
            "comment": cleaned,
            "withdraw_invitations": withdraw_invitations,
            "applications": [[pk, versions[pk]] for pk in ids],
        },
        by=by,
        now=now,
        total=len(ids),
    )


def do_bulk_hire(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_bulk_hire`, each application in a transaction of its own, and return its result.

    Doing it again goes on where it was: who is one version further and hired was hired by this.
    """
    arguments = work.arguments
    job = Job.objects.get(pk=arguments["job"])
    require_may(actor, Capability.DECIDE, job)
    versions: dict[int, int] = dict(arguments["applications"])
    found, skipped = selected(job, versions, actor)
    tally, pace = Tally(skipped=list(skipped)), Pace()
    last, own = last_stage(job), own_candidate_ids(actor)
    for number, application in enumerate(found, start=1):
        pace()
        seen = versions[application.pk]
        done_before = application.status == ApplicationStatus.HIRED and application.version == seen + 1
        code = "" if done_before else why_not_hired(application, last, actor=actor)
        if not code and application.candidate_id in own:
            code = "own"
        if not code and not done_before:
            code = _hire(application, seen, arguments["comment"], by=actor, now=now)
        if code:
            tally.skipped.append(Skip(application.pk, application, code))
            continue
        tally.done += 1
        if arguments["withdraw_invitations"]:
            tally.withdrawn += withdraw_open_invitations(applications=[application], by=actor, now=now)
        if number % _REPORT_EVERY == 0:
            report(number, len(versions))
    report(len(versions), len(versions))
    summary = ngettext("%(count)d person is hired.", "%(count)d people are hired.", tally.done)
    return {
        "summary": summary % {"count": tally.done},
        "counts": [
            [_("Hired"), tally.done],
            *([[_("Invitations withdrawn"), tally.withdrawn]] if tally.withdrawn else []),
            *tally.counts(),
        ],
        "hired": tally.done,
        "closed_job": tally.done > 0 and Job.objects.filter(pk=job.pk, status=JobStatus.CLOSED).exists(),
        **skip_rows(tally.skipped),
    }


def _hire(application: Application, version: int, comment: str, *, by: Actor, now: datetime) -> str:
    """Hire one; return why not, as a code of `rules.SKIP_REASONS`."""
    try:
        change_status(
            application=application,
            to_status=ApplicationStatus.HIRED,
            seen_version=version,
            comment=comment,
            by=by,
            now=now,
        )
    except StaleMove:
        return "changed"
    except MoveRefused as refusal:
        return _CODES.get(refusal.code, "not_active")
    return ""
