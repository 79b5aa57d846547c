"""The mail and the history of invitations: what inviting and changing have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor, Organisation
from assessments import queries
from assessments.models import Assessment, AssessmentVersion, Invitation
from assessments.registries import TEST_INVITATION
from assessments.rules import NotAgain, next_reminder
from candidates.models import Candidate, CandidateEmail
from outbox.enums import Audience
from outbox.operations import (
    EventDraft,
    MessageDraft,
    record_event,
)
from rendering.moments import exact_time


class CannotInvite(Exception):  # noqa: N818 -- a refusal, not a fault
    """The test takes nobody. The message is for the colleague who asked."""


class NotInvitedAgain(CannotInvite):
    """The retake rule of the test says no. `why` says what it is about, and from when on they may."""

    def __init__(self, why: NotAgain) -> None:
        self.why = why
        text = str(why.reason.label)
        if why.allowed_at is not None:
            text = _("May take this test again from %(moment)s.") % {"moment": exact_time(why.allowed_at)}
        super().__init__(text)


@dataclass(frozen=True, slots=True)
class Terms:
    """What all invitations of one call have in common."""

    assessment: Assessment
    version: AssessmentVersion
    questions: int
    organisation: Organisation
    expires_at: datetime
    not_before: datetime | None
    extra_seconds: int
    language: str = ""
    extra_reason: str = ""
    again_reason: str = ""
    # Of the words of the mail.
    scope: str = ""


def terms_of(invitation: Invitation, home: Organisation) -> Terms:
    """Return the terms of an invitation whose test is loaded. One query."""
    version = invitation.version
    return Terms(
        assessment=version.assessment,
        version=version,
        questions=queries.question_count(version.pk),
        organisation=home,
        expires_at=invitation.expires_at,
        not_before=invitation.not_before,
        extra_seconds=invitation.extra_seconds,
        language=invitation.language,
    )


def next_reminder_of(invitation: Invitation, *, after: datetime) -> datetime | None:
    """Return when an invitation whose test is loaded is reminded next, None for never. Costs no query."""
    return next_reminder(
        invited_at=invitation.created_at,
        expires_at=invitation.expires_at,
        days=invitation.version.assessment.reminder_days,
        after=after,
        not_before=invitation.not_before,
    )


def address_of(candidate: Candidate) -> str:
    """Return where to write to a person. Raises `CannotInvite` when there is no address."""
    addresses = CandidateEmail.objects.filter(candidate=candidate).order_by("-is_primary", "pk")
    address = addresses.values_list("address", flat=True).first()
    if address is None:
        raise CannotInvite(_("This person has no email address. Add one, then invite."))
    return address


def mail_draft(
    invitation: Invitation,
    address: str,
    fields: Mapping[str, str],
    *,
    home: Organisation,
    to_name: str = "",
    number: int = 1,
    kind: str = TEST_INVITATION,
    intent: str = "",
    scope: str = "",
) -> MessageDraft:
    """Return the mail of an invitation whose candidate and link are loaded; `number` counts its mails from 1."""
    candidate = invitation.candidate
    return MessageDraft(
        intent=intent or f"test_invitation:{invitation.pk}:{number}",
        kind=kind,
        audience=Audience.CANDIDATE,
        to_name=to_name or candidate.full_name,
        to_address=address,
        context=fields,
        link=invitation.link,
        person_ref=candidate.public_id,
        about=Invitation._meta.label_lower,
        about_id=invitation.pk,
        language=language_of(invitation, home),
        scope=scope,
    )


def language_of(invitation: Invitation, home: Organisation) -> str:
    """Return the language in which a candidate is written to: the invitation's, the person's, the organisation's."""
    return invitation.language or invitation.candidate.language or home.language


def zone_of(candidate: Candidate, home: Organisation) -> ZoneInfo:
    """Return the zone in which a candidate reads moments: theirs, else the organisation's, else UTC."""
    for name in (candidate.time_zone, home.time_zone):
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            continue
    return ZoneInfo("UTC")


def contact_words(home: Organisation) -> str:
    """Return whom a candidate may write to, in the language at hand."""
    return home.reply_to or home.privacy_contact or _("the person who invited you")


def merge_fields(terms: Terms, candidate: Candidate) -> dict[str, str]:
    """Return what the mail says of this person, in their language and time zone."""
    minutes = terms.version.minutes + terms.extra_seconds // 60
    language = terms.language or candidate.language or terms.organisation.language
    with translation.override(language), timezone.override(zone_of(candidate, terms.organisation)):
        expires = exact_time(terms.expires_at)
        opening = ""
        if terms.not_before is not None:
            opening = _("It opens on %(moment)s.") % {"moment": exact_time(terms.not_before)}
        extra = ""
        if terms.extra_seconds:
            count = terms.extra_seconds // 60
            extra = ngettext(
                "This includes %(count)d minute of extra time for you.",
                "This includes %(count)d minutes of extra time for you.",
                count,
            ) % {"count": count}
        contact = contact_words(terms.organisation)
    return {
        "candidate_name": candidate.full_name,
        "test_name": terms.assessment.name,
        "organisation": terms.organisation.name,
        "minutes": str(minutes),
        "questions": str(terms.questions),
        "expires_at": expires,
        "contact": contact,
        "extra_time": extra,
        "opening": opening,
    }


def event_draft(kind: str, invitation: Invitation) -> EventDraft:
    """Return an event about an invitation whose candidate is loaded."""
    return EventDraft(
        kind=kind,
        person_ref=invitation.candidate.public_id,
        about=Invitation._meta.label_lower,
        about_id=invitation.pk,
    )


def record(
    kind: str, invitation: Invitation, *, by: Actor, now: datetime, data: Mapping[str, Any] | None = None
) -> None:
    """Write an event about an invitation whose candidate is loaded."""
    record_event(
        kind=kind,
        by=by,
        now=now,
        person_ref=invitation.candidate.public_id,
        about=Invitation._meta.label_lower,
        about_id=invitation.pk,
        data=dict(data or {}),
    )
