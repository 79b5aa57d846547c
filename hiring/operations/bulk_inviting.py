"""Inviting a selection of a job to a test, as long work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Scope
from accounts.models import Actor
from assessments.models import Assessment, Attempt, Invitation
from assessments.operations import InvitationDraft, invitation_terms, invite_many
from hiring.enums import Capability
from hiring.models import Application, Job
from hiring.operations.access import require_may
from hiring.operations.errors import InviteRefused
from hiring.operations.inviting import invite_intent, put_at_test, tie_to_applications
from hiring.operations.results import Tally, skip_rows
from hiring.operations.reusing import tie_results
from hiring.queries.approvals import kept_out
from hiring.queries.selections import (
    Skip,
    cannot_invite,
    invitation_numbers,
    invitation_states,
    own_address,
    selected,
    who_needs_it,
    why_not_invited,
)
from hiring.rules import BULK_LIMIT, job_scope
from outbox.models import Work
from outbox.operations import give_way, queue_work
from outbox.registries import Report

INVITE = "hiring.invite"

# How many are done in one transaction: short enough that a save beside it does not wait.
CHUNK = 50


def frozen_ids(application_ids: Sequence[int]) -> list[int]:
    """Return the ids once each, in order. Raises `ValidationError` keyed "applications" for none or too many."""
    ids = list(dict.fromkeys(application_ids))
    if not ids:
        raise ValidationError({"applications": _("Choose at least one person.")})
    if len(ids) > BULK_LIMIT:
        raise ValidationError(
            {
                "applications": _("Choose at most %(limit)s people at once; these are %(count)s.")
                % {"limit": f"{BULK_LIMIT:,}", "count": f"{len(ids):,}"}
            }
        )
    return ids


def queue_bulk_invite(
    *,
    job: Job,
    assessment: Assessment,
    application_ids: Sequence[int],
    intent: str,
    by: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
    extra_seconds: int = 0,
    extra_reason: str = "",
    language: str = "",
    again_reason: str = "",
) -> Work:
    """Ask for a selection to be invited and return the work. The ids are frozen here, with the number of each
    invitation.

    Who is skipped is decided when a worker does it, by the same rules as the preview, and named in the result.
    `intent` comes from the form, so that a double click is one piece of work.
    Raises: `PermissionDenied`; `InviteRefused` when the test takes nobody; `ValidationError` keyed "applications" or
    "expires_at".
    """
    require_may(by, Capability.INVITE, job, scope=Scope.INVITATIONS_WRITE)
    problem = cannot_invite(assessment, now=now)
    if problem:
        raise InviteRefused("not_published", problem)
    terms = invitation_terms(
        assessment,
        expires_at=expires_at,
        not_before=not_before,
        extra_seconds=extra_seconds,
        extra_reason=extra_reason,
        language=language,
        again_reason=again_reason,
        now=now,
    )
    ids = frozen_ids(application_ids)
    numbers = invitation_numbers(ids, assessment)
    return queue_work(
        kind=INVITE,
        intent=f"{INVITE}:{intent}",
        arguments={
            "job": job.pk,
            "assessment": assessment.pk,
            "applications": [[pk, numbers[pk]] for pk in ids],
            "expires_at": expires_at.isoformat() if expires_at else None,
            "not_before": not_before.isoformat() if not_before else None,
            "extra_seconds": extra_seconds,
            "extra_reason": terms.extra_reason,
            "language": language,
            "again_reason": terms.again_reason,
        },
        by=by,
        now=now,
        total=len(ids),
    )


def do_bulk_invite(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_bulk_invite`, in short transactions, and return its result.

    Doing it again goes on where it was: an invitation with the frozen number is one that this work made.
    """
    arguments = work.arguments
    job = Job.objects.get(pk=arguments["job"])
    assessment = Assessment.objects.select_related("current_version").get(pk=arguments["assessment"])
    require_may(actor, Capability.INVITE, job, scope=Scope.INVITATIONS_WRITE)
    problem = cannot_invite(assessment, now=now)
    if problem:
        raise ValidationError(problem)
    tally = Tally()
    pairs: list[tuple[int, int]] = arguments["applications"]
    for start in range(0, len(pairs), CHUNK):
        part = dict(pairs[start : start + CHUNK])
        if start:
            give_way()
        _invite_part(part, job, assessment, arguments, tally, by=actor, now=now)
        report(min(start + CHUNK, len(pairs)), len(pairs))
    # What was written about people stands on their invitations now, where erasure finds it.
    kept = {**arguments, "extra_reason": "", "again_reason": ""}
    Work.objects.filter(pk=work.pk).exclude(arguments=kept).update(arguments=kept)
    return _invite_result(tally)


def _invite_part(
    numbers: Mapping[int, int],
    job: Job,
    assessment: Assessment,
    arguments: Mapping[str, Any],
    tally: Tally,
    *,
    by: Actor,
    now: datetime,
) -> None:
    with transaction.atomic():
        found, missing = selected(job, numbers, by)
        intents = {row.pk: invite_intent(row.pk, assessment.pk, numbers[row.pk]) for row in found}
        made = {
            invitation.intent: invitation
            for invitation in Invitation.objects.filter(intent__in=list(intents.values()))
        }
        states = invitation_states([row for row in found if intents[row.pk] not in made], assessment, now=now)
        mine = own_address(by)
        out = kept_out(by, found, assessment)
        will = [row for row in found if intents[row.pk] in made]
        free: list[Application] = []
        skipped = list(missing)
        for row in found:
            if intents[row.pk] in made:
                continue
            code = why_not_invited(row, states.get(row.pk, ()), own_address=mine)
            code = code or ("needs_approval" if row.pk in out else "")
            if code:
                skipped.append(Skip(row.pk, row, code))
            else:
                free.append(row)
        results: Mapping[int, Attempt] = {}
        if arguments["again_reason"]:
            will += free
        else:
            need = who_needs_it(free, assessment, now=now)
            will, skipped, results = will + need.will, skipped + need.skipped, need.results
        result = invite_many(
            drafts=[
                InvitationDraft(
                    candidate_id=row.candidate_id,
                    intent=intents[row.pk],
                    to_name=row.candidate.full_name,
                    to_address=row.email,  # type: ignore[attr-defined]
                )
                for row in will
            ],
            assessment=assessment,
            by=by,
            now=now,
            expires_at=_moment(arguments["expires_at"]),
            not_before=_moment(arguments["not_before"]),
            extra_seconds=arguments["extra_seconds"],
            extra_reason=arguments["extra_reason"],
            language=arguments["language"],
            again_reason=arguments["again_reason"],
            scope=job_scope(job.pk),
        )
        made |= {invitation.intent: invitation for invitation in [*result.created, *result.existing]}
        reused = [row for row in free if row.pk in results]
        put_at_test([*will, *reused], assessment, by=by, now=now)
        tie_to_applications(will, {row.pk: made[intents[row.pk]] for row in will}, by=by, now=now)
        tie_results(results=[(row, results[row.pk]) for row in reused], by=by, now=now)
    tally.done += len(will)
    tally.reused += len(reused)
    tally.skipped += skipped


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _invite_result(tally: Tally) -> dict[str, Any]:
    summary = ngettext("%(count)d person was invited.", "%(count)d people were invited.", tally.done)
    reused = [[_("Have a result that counts here too"), tally.reused]] if tally.reused else []
    return {
        "summary": summary % {"count": tally.done},
        "counts": [[_("Invited"), tally.done], *reused, *tally.counts()],
        "created": tally.done,
        **skip_rows(tally.skipped),
    }
