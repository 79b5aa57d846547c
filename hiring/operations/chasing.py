"""Going after invitations that ran out before anybody started: more days, or the right address."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Actor
from assessments.models import Invitation
from assessments.operations import extend_invitation, reissue_invitation, resend_invitation
from candidates.models import Candidate
from candidates.operations import update_candidate
from candidates.queries import addresses_of
from hiring.enums import Capability
from hiring.models import Application
from hiring.operations.access import require_may, require_other_person
from hiring.rules import DAYS_MORE
from outbox.models import Message


@transaction.atomic
def extend_and_remind(
    *, application: Application, invitation: Invitation, by: Actor, now: datetime
) -> Message:
    """Let a test be started for some days more, until it closes at most, mail the same link again, return the mail.

    Raises: `PermissionDenied`; `InvitationRefused` when it was started or withdrawn; `ValidationError` keyed
    "expires_at" when the test is closed.
    """
    _authorise(application, by)
    _extend(invitation, by=by, now=now)
    return resend_invitation(invitation=invitation, by=by, now=now)


@transaction.atomic
def correct_and_resend(
    *, application: Application, invitation: Invitation, email: str, by: Actor, now: datetime
) -> Message:
    """Put the right address in the place of the main one, let the test be started for some days more, and mail a new
    link; return the mail. The old link opens nothing any more: somebody else may hold it.

    Raises: `PermissionDenied`; `InvitationRefused`; `ValidationError` keyed "email" for what cannot be an address or is
    another person's, or "expires_at" when the test is closed.
    """
    _authorise(application, by)
    candidate = Candidate.objects.get(pk=application.candidate_id)
    others = addresses_of(candidate)[1:]
    try:
        update_candidate(
            candidate=candidate,
            full_name=candidate.full_name,
            emails=[email, *others],
            phone=candidate.phone,
            time_zone=candidate.time_zone,
            language=candidate.language,
            by=by,
            now=now,
        )
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error
    _extend(invitation, by=by, now=now)
    return reissue_invitation(invitation=invitation, by=by, now=now)


def _authorise(application: Application, by: Actor) -> None:
    require_may(by, Capability.INVITE, application.job)
    require_other_person(by, application.candidate_id)


def _extend(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    expires_at = now + timedelta(days=DAYS_MORE)
    closes_at = invitation.version.closes_at
    if closes_at is not None and closes_at > now:
        expires_at = min(expires_at, closes_at)
    extend_invitation(invitation=invitation, expires_at=expires_at, by=by, now=now)
