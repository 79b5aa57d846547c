"""Inviting people of a job to a test: one, or a selection as long work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Scope
from accounts.models import Actor
from assessments.models import Assessment, Invitation
from assessments.operations import CannotInvite, InvitationDraft, invitation_terms, invite, invite_many
from hiring.models import Application, ApplicationAssessment, Job
from hiring.operations.access import require_manager, require_other_person
from hiring.operations.errors import InviteRefused
from hiring.operations.moves_many import SeenApplication, move_many
from hiring.operations.results import Tally, skip_rows
from hiring.queries.jobs import test_stage
from hiring.queries.selections import (
    Skip,
    cannot_invite,
    invitation_numbers,
    invitation_states,
    own_address,
    selected,
    why_not_again,
    why_not_invited,
)
from hiring.rules import BULK_LIMIT, skip_text
from outbox.models import Work
from outbox.operations import EventDraft, give_way, queue_work, record_events
from outbox.registries import Report

INVITE = "hiring.invite"
# How many are done in one transaction: short enough that a save beside it does not wait.
CHUNK = 50


@transaction.atomic
def invite_to_test(
    *,
    application: Application,
    assessment: Assessment,
    by: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
    extra_seconds: int = 0,
    extra_reason: str = "",
    language: str = "",
    again_reason: str = "",
    send_mail: bool = True,
) -> Invitation:
    """Invite the person of an active application to a test and return the invitation.

    An application that has not reached the stage which asks for this test is moved there: that stage's rule is what
    acts on the score. The retake rule of the test holds unless `again_reason` says why once more.
    Side effects: link, invitation, mail (unless `send_mail` is false), the tie to the application and an
    event, all in one transaction.
    Raises: `PermissionDenied` (keys need "invitations:write"); `InviteRefused` with the code of why not
    ("not_published", or one of `rules.SKIP_REASONS`); `ValidationError` keyed by field for dates that make no sense.
    """
    require_manager(by, application.job, scope=Scope.INVITATIONS_WRITE)
    require_other_person(by, application.candidate_id)
    found, _missing = selected(application.job, [application.pk], by)
    current = found[0]
    problem = cannot_invite(assessment, now=now)
    if problem:
        raise InviteRefused("not_published", problem)
    # The number first: an invitation that somebody else commits from here on is seen by what follows, or has this
    # number itself. The other way round it would be seen by the number alone, and there would be two.
    number = invitation_numbers([current.pk], assessment)[current.pk]
    states = invitation_states([current], assessment, now=now)
    code = why_not_invited(current, states.get(current.pk, ()))
    why = skip_text(code)
    ruled = why_not_again([current], assessment, now=now).get(current.pk)
    if not code and ruled is not None and not again_reason.strip():
        code, why = ruled.code, ruled.text
    if code and not (code == "no_address" and not send_mail):
        raise InviteRefused(code, _("%(person)s: %(why)s.") % {"person": current.candidate, "why": why})
    try:
        invitation = invite(
            candidate=current.candidate,
            assessment=assessment,
            intent=invite_intent(current.pk, assessment.pk, number),
            by=by,
            now=now,
            expires_at=expires_at,
            not_before=not_before,
            extra_seconds=extra_seconds,
            extra_reason=extra_reason,
            language=language,
            again_reason=again_reason,
            send_mail=send_mail,
        )
    except CannotInvite as error:
        raise InviteRefused("not_published", str(error)) from error
    _put_at_test([current], assessment, by=by, now=now)
    _tie([current], {current.pk: invitation}, by=by, now=now)
    return invitation


def invite_intent(application_id: int, assessment_id: int, number: int) -> str:
    """Return the intent of the `number`-th invitation of an application to a test."""
    return f"application:{application_id}:assessment:{assessment_id}:{number}"


def invite_again(invitation: Invitation, again_reason: str, by: Actor, now: datetime) -> Invitation | None:
    """Invite the person of an application again, as `assessments` asks for it; None without an application.

    Extra time and language stay theirs. Raises `CannotInvite` in words without a name.
    """
    tie = (
        ApplicationAssessment.objects.filter(invitation=invitation)
        .select_related("application__candidate", "application__job")
        .first()
    )
    if tie is None:
        return None
    try:
        return invite_to_test(
            application=tie.application,
            assessment=invitation.version.assessment,
            by=by,
            now=now,
            extra_seconds=invitation.extra_seconds,
            extra_reason=invitation.extra_reason,
            language=invitation.language,
            again_reason=again_reason,
        )
    except PermissionDenied as error:
        raise CannotInvite(skip_text("not_yours")) from error
    except InviteRefused as refusal:
        why = str(refusal) if refusal.code == "not_published" else skip_text(refusal.code)
        raise CannotInvite(why) from refusal


def _put_at_test(
    applications: Sequence[Application], assessment: Assessment, *, by: Actor, now: datetime
) -> None:
    """Move those of one job who have not reached the stage that asks for the test; nobody is moved back."""
    if not applications:
        return
    stage = test_stage(applications[0].job_id, assessment)
    if stage is None:
        return
    behind = [row for row in applications if row.stage.position < stage.position]
    move_many(seen=[SeenApplication(row, row.version) for row in behind], to_stage=stage, by=by, now=now)


def _tie(
    applications: Sequence[Application], invitations: Mapping[int, Invitation], *, by: Actor, now: datetime
) -> None:
    """Write the ties between applications and their new invitations, and the events. Doing it twice changes nothing."""
    tied = set(
        ApplicationAssessment.objects.filter(
            invitation__in=[invitations[row.pk].pk for row in applications]
        ).values_list("invitation_id", flat=True)
    )
    fresh = [row for row in applications if invitations[row.pk].pk not in tied]
    ApplicationAssessment.objects.bulk_create(
        [
            ApplicationAssessment(application=row, invitation=invitations[row.pk], stage_id=row.stage_id)
            for row in fresh
        ],
        ignore_conflicts=True,
    )
    record_events(
        drafts=[
            EventDraft(
                kind="application.invited",
                person_ref=row.candidate.public_id,
                about="hiring.application",
                about_id=row.pk,
                data={"invitation": invitations[row.pk].pk, "stage": row.stage_id},
            )
            for row in fresh
        ],
        by=by,
        now=now,
    )


# --- Many ------------------------------------------------------------------------------------------------------


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
    require_manager(by, job, scope=Scope.INVITATIONS_WRITE)
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
    require_manager(actor, job, scope=Scope.INVITATIONS_WRITE)
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
        ruled = {} if arguments["again_reason"] else why_not_again(found, assessment, now=now)
        will: list[Application] = []
        skipped = list(missing)
        for row in found:
            code = (
                ""
                if intents[row.pk] in made
                else why_not_invited(row, states.get(row.pk, ()), own_address=mine)
            )
            if code:
                skipped.append(Skip(row.pk, row, code))
            elif row.pk in ruled and intents[row.pk] not in made:
                skipped.append(ruled[row.pk])
            else:
                will.append(row)
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
        )
        made |= {invitation.intent: invitation for invitation in [*result.created, *result.existing]}
        _put_at_test(will, assessment, by=by, now=now)
        _tie(will, {row.pk: made[intents[row.pk]] for row in will}, by=by, now=now)
    tally.done += len(will)
    tally.skipped += skipped


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None


def _invite_result(tally: Tally) -> dict[str, Any]:
    summary = ngettext("%(count)d person was invited.", "%(count)d people were invited.", tally.done)
    return {
        "summary": summary % {"count": tally.done},
        "counts": [[_("Invited"), tally.done], *tally.counts()],
        "created": tally.done,
        **skip_rows(tally.skipped),
    }
