"""Inviting one person of a job to a test, and the tie between invitation and application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Scope
from accounts.models import Actor
from assessments.models import Assessment, Invitation
from assessments.operations import CannotInvite, invite
from hiring.enums import Capability
from hiring.models import Application, ApplicationAssessment
from hiring.operations.access import require_may, require_other_person
from hiring.operations.errors import InviteRefused
from hiring.operations.moves_many import SeenApplication, move_many
from hiring.queries.approvals import kept_out
from hiring.queries.jobs import test_stage
from hiring.queries.selections import (
    cannot_invite,
    invitation_numbers,
    invitation_states,
    selected,
    why_not_again,
    why_not_invited,
)
from hiring.rules import job_scope, skip_text
from outbox.operations import EventDraft, record_events


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
    acts on the score. An approval that the stage needs comes first. The retake rule of the test holds unless
    `again_reason` says why once more.
    Side effects: link, invitation, mail (unless `send_mail` is false), the tie to the application and an
    event, all in one transaction.
    Raises: `PermissionDenied` (keys need "invitations:write"); `InviteRefused` with the code of why not
    ("not_published", or one of `rules.SKIP_REASONS`); `ValidationError` keyed by field for dates that make no sense.
    """
    require_may(by, Capability.INVITE, application.job, scope=Scope.INVITATIONS_WRITE)
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
    if not code and kept_out(by, [current], assessment):
        code = "needs_approval"
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
            scope=job_scope(current.job_id),
        )
    except CannotInvite as error:
        raise InviteRefused("not_published", str(error)) from error
    put_at_test([current], assessment, by=by, now=now)
    tie_to_applications([current], {current.pk: invitation}, by=by, now=now)
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


def put_at_test(
    applications: Sequence[Application], assessment: Assessment, *, by: Actor, now: datetime
) -> None:
    """Move those of one job who have not reached the stage that asks for the test; nobody is moved back."""
    if not applications:
        return
    stage = test_stage(applications[0].job_id, assessment)
    if stage is None:
        return
    behind = [row for row in applications if row.stage.position < stage.position]
    move_many(
        seen=[SeenApplication(row, row.version) for row in behind],
        to_stage=stage,
        by=by,
        now=now,
        sent=assessment,
    )


def tie_to_applications(
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
