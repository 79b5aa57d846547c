"""Going after what did not reach somebody: more days for an invitation that ran out, the right address for a mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.models import Invitation
from assessments.operations import extend_invitation, reissue_invitation, resend_invitation
from candidates.models import Candidate
from candidates.operations import update_candidate
from candidates.queries import address_key, addresses_of, main_address
from hiring.enums import Capability
from hiring.models import Application
from hiring.operations.access import require_may, require_other_person, require_recruiter
from hiring.queries.undelivered import application_of_mail
from hiring.rules import DAYS_MORE
from outbox.enums import Audience
from outbox.models import Message
from outbox.operations import MessageRefused, settle_message, write_to_another
from outbox.queries import address_came_back


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
    _put_right(candidate, email, others=addresses_of(candidate)[1:], by=by, now=now)
    _extend(invitation, by=by, now=now)
    return reissue_invitation(invitation=invitation, reason=_("The address was wrong."), by=by, now=now)


@transaction.atomic
def correct_mail_and_resend(*, message: Message, email: str, by: Actor, now: datetime) -> Message:
    """Put the right address in the place of the one from which a message came back, and write the message to it; return
    the new one. The address becomes the main one of the person.

    A link in it is made anew: whoever has the wrong address may hold the old one. Of an invitation that ran out
    meanwhile the test may be started for some days more. The old message stays what it is, and waits for nobody any
    more.
    Raises: `PermissionDenied`; `MessageRefused` when the message arrived, was seen to, or leads nowhere any more;
    `InvitationRefused`; `ValidationError` keyed "email" for what cannot be an address, is another person's or is one
    from which mail came back.
    """
    candidate = Candidate.objects.filter(public_id=message.person_ref, erased_at=None).first()
    if candidate is None or message.audience != Audience.CANDIDATE:
        raise MessageRefused(_("The person of this message is not here any more."))
    application = application_of_mail(message)
    if application is not None:
        require_may(by, Capability.MAIL, application.job)
    else:
        require_recruiter(by)
    require_other_person(by, candidate.pk)
    if address_came_back(email.strip()):
        words = _("Mail to this address came back. Type another one, or send the mail anyway.")
        raise ValidationError({"email": words})
    wrong = {address_key(message.to_address), address_key(email)}
    others = [address for address in addresses_of(candidate) if address_key(address) not in wrong]
    _put_right(candidate, email, others=others, by=by, now=now)
    ran_out = _ran_out(message, now=now)
    if ran_out is not None:
        settle_message(message=message, by=by, now=now)
        _extend(ran_out, by=by, now=now)
        return reissue_invitation(invitation=ran_out, reason=_("The address was wrong."), by=by, now=now)
    return write_to_another(message=message, to_address=main_address(candidate), by=by, now=now)


def _ran_out(message: Message, *, now: datetime) -> Invitation | None:
    """The invitation that a message is about, if nobody can start it any more because its time is over."""
    if message.about != Invitation._meta.label_lower:
        return None
    found = Invitation.objects.select_related("version").filter(pk=message.about_id or 0)
    return found.filter(revoked_at=None, expires_at__lte=now, attempts=None).first()


def _put_right(candidate: Candidate, email: str, *, others: Sequence[str], by: Actor, now: datetime) -> None:
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


def _authorise(application: Application, by: Actor) -> None:
    require_may(by, Capability.INVITE, application.job)
    require_other_person(by, application.candidate_id)


def _extend(invitation: Invitation, *, by: Actor, now: datetime) -> None:
    expires_at = now + timedelta(days=DAYS_MORE)
    closes_at = invitation.version.closes_at
    if closes_at is not None and closes_at > now:
        expires_at = min(expires_at, closes_at)
    extend_invitation(invitation=invitation, expires_at=expires_at, by=by, now=now)
