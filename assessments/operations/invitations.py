"""Inviting people to a test, and changing an invitation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor, Organisation
from accounts.queries import organisation
from assessments import queries
from assessments.enums import InvitationState
from assessments.models import Assessment, AssessmentVersion, Attempt, Invitation
from assessments.registries import TEST_INVITATION
from assessments.rules import INVITATION_DAYS
from candidates.models import Candidate, CandidateEmail
from outbox.enums import Audience, LinkPurpose, MessageState
from outbox.models import AccessLink, Message
from outbox.operations import (
    EventDraft,
    MessageDraft,
    create_link,
    create_links,
    extend_link,
    queue_message,
    queue_messages,
    record_event,
    record_events,
    reissue_link,
    resend,
    revoke_link,
)
from rendering.moments import exact_time

# How many invitations are written in one transaction: short enough that a save beside it does not wait.
BATCH = 250


class CannotInvite(Exception):  # noqa: N818 -- a refusal, not a fault
    """The test takes nobody. The message is for the colleague who asked."""


class InvitationRefused(Exception):  # noqa: N818 -- a refusal, not a fault
    """The invitation is not in a state that allows this. The message is for the colleague who asked."""


@dataclass(frozen=True, slots=True)
class InvitationDraft:
    """One person to invite. The same `intent` asked for twice is one invitation."""

    candidate_id: int
    intent: str
    to_name: str
    to_address: str
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InviteResult:
    """What became of many drafts: invitations made now, and those that were there before."""

    created: list[Invitation]
    existing: list[Invitation]


@dataclass(frozen=True, slots=True)
class _Terms:
    """What all invitations of one call have in common."""

    assessment: Assessment
    version: AssessmentVersion
    questions: int
    organisation: Organisation
    expires_at: datetime
    not_before: datetime | None
    extra_seconds: int


# --- Invite ----------------------------------------------------------------------------------------------------


def invite(
    *,
    candidate: Candidate,
    assessment: Assessment,
    intent: str,
    by: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
    extra_seconds: int = 0,
    send_mail: bool = True,
    context: Mapping[str, str] | None = None,
) -> Invitation:
    """Invite a person to the published version of a test and return the invitation.

    The link, the invitation, its event and the mail (unless `send_mail` is false) are written in one transaction. The
    same `intent` again returns the invitation that is there.
    Arguments: `expires_at`, until when the test may be started (14 days when left out); `context`, merge fields of the
    mail beyond the test's own.
    Raises `CannotInvite` when the test has no published version or is retired, or the person has no address;
    `ValidationError` keyed by field for dates that make no sense.
    """
    terms = _terms(assessment, expires_at, not_before, extra_seconds, now=now)
    found = _by_intent(intent)
    if found is not None:
        return found
    address = _address_of(candidate) if send_mail else ""
    try:
        with transaction.atomic():
            link = create_link(
                purpose=LinkPurpose.TEST,
                person_ref=candidate.public_id,
                by=by,
                now=now,
                expires_at=terms.expires_at,
            )
            invitation = Invitation(intent=intent, candidate=candidate, link=link, **_facts(terms, by, now))
            invitation.save(force_insert=True)
            if send_mail:
                fields = {**_merge_fields(terms, candidate), **(context or {})}
                queue_message(**_mail(invitation, candidate, link, address, fields), by=by, now=now)
            _record("invitation.created", invitation, by=by, now=now)
    except IntegrityError:
        found = _by_intent(intent)
        if found is None:
            raise
        return found
    return invitation


def invite_many(
    *,
    drafts: Sequence[InvitationDraft],
    assessment: Assessment,
    by: Actor,
    now: datetime,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
    extra_seconds: int = 0,
) -> InviteResult:
    """Invite many people, a batch at a time, and return what was made and what was there already.

    Each batch is one short transaction with links, invitations, mails and events; when the work stops half way,
    running it again goes on where it was. Raises as `invite` does.
    """
    terms = _terms(assessment, expires_at, not_before, extra_seconds, now=now)
    wanted = {draft.intent: draft for draft in drafts}
    result = InviteResult([], [])
    intents = list(wanted)
    for start in range(0, len(intents), BATCH):
        part = {intent: wanted[intent] for intent in intents[start : start + BATCH]}
        try:
            _invite_batch(part, terms, result, by=by, now=now)
        except IntegrityError:
            # Somebody invited one of them at this very moment: the second look finds it among the existing ones.
            _invite_batch(part, terms, result, by=by, now=now)
    return result


def _invite_batch(
    drafts: Mapping[str, InvitationDraft], terms: _Terms, result: InviteResult, *, by: Actor, now: datetime
) -> None:
    found = list(Invitation.objects.filter(intent__in=drafts).order_by("pk"))
    known = {invitation.intent for invitation in found}
    fresh = [draft for intent, draft in drafts.items() if intent not in known]
    candidates = Candidate.objects.in_bulk([draft.candidate_id for draft in fresh])
    fields = {
        draft.intent: {**_merge_fields(terms, candidates[draft.candidate_id]), **draft.context}
        for draft in fresh
    }
    with transaction.atomic():
        links = create_links(
            purpose=LinkPurpose.TEST,
            person_refs=[candidates[draft.candidate_id].public_id for draft in fresh],
            by=by,
            now=now,
            expires_at=terms.expires_at,
        )
        made = Invitation.objects.bulk_create(
            Invitation(
                intent=draft.intent,
                candidate=candidates[draft.candidate_id],
                link=link,
                **_facts(terms, by, now),
            )
            for draft, link in zip(fresh, links, strict=True)
        )
        queue_messages(
            drafts=[
                MessageDraft(
                    **_mail(
                        invitation,
                        invitation.candidate,
                        invitation.link,
                        draft.to_address,
                        fields[draft.intent],
                        to_name=draft.to_name,
                    )
                )
                for invitation, draft in zip(made, fresh, strict=True)
            ],
            by=by,
            now=now,
        )
        record_events(
            drafts=[_event("invitation.created", invitation) for invitation in made], by=by, now=now
        )
    result.created.extend(made)
    result.existing.extend(found)


def _by_intent(intent: str) -> Invitation | None:
    return Invitation.objects.select_related("candidate", "link").filter(intent=intent).first()


def _terms(
    assessment: Assessment,
    expires_at: datetime | None,
    not_before: datetime | None,
    extra_seconds: int,
    *,
    now: datetime,
) -> _Terms:
    if assessment.retired_at is not None or assessment.current_version_id is None:
        raise CannotInvite(
            _("The test “%(name)s” is not published. Publish it, then invite.") % {"name": assessment.name}
        )
    ends = expires_at or now + timedelta(days=INVITATION_DAYS)
    if ends <= now:
        raise ValidationError({"expires_at": _("Choose a moment in the future.")})
    if not_before is not None and not_before >= ends:
        raise ValidationError({"not_before": _("The test must open before the invitation ends.")})
    if not 0 <= extra_seconds <= 24 * 3600:
        raise ValidationError({"extra_seconds": _("Extra time is at most one day.")})
    version = AssessmentVersion.objects.get(pk=assessment.current_version_id)
    return _Terms(
        assessment=assessment,
        version=version,
        questions=queries.question_count(version.pk),
        organisation=organisation(),
        expires_at=ends,
        not_before=not_before,
        extra_seconds=extra_seconds,
    )


def _facts(terms: _Terms, by: Actor, now: datetime) -> dict[str, object]:
    return {
        "version": terms.version,
        "invited_by": by.user,
        "created_at": now,
        "not_before": terms.not_before,
        "expires_at": terms.expires_at,
        "extra_seconds": terms.extra_seconds,
    }


# --- The mail --------------------------------------------------------------------------------------------------


def _address_of(candidate: Candidate) -> str:
    addresses = CandidateEmail.objects.filter(candidate=candidate).order_by("-is_primary", "pk")
    address = addresses.values_list("address", flat=True).first()
    if address is None:
        raise CannotInvite(_("This person has no email address. Add one, then invite."))
    return address


def _mail(
    invitation: Invitation,
    candidate: Candidate,
    link: AccessLink,
    address: str,
    fields: Mapping[str, str],
    *,
    to_name: str = "",
    number: int = 1,
) -> dict[str, object]:
    return {
        "intent": f"test_invitation:{invitation.pk}:{number}",
        "kind": TEST_INVITATION,
        "audience": Audience.CANDIDATE,
        "to_name": to_name or candidate.full_name,
        "to_address": address,
        "context": fields,
        "link": link,
        "person_ref": candidate.public_id,
        "about": Invitation._meta.label_lower,
        "about_id": invitation.pk,
        "language": candidate.language or "en",
    }


def _merge_fields(terms: _Terms, candidate: Candidate) -> dict[str, str]:
    minutes = terms.version.minutes + terms.extra_seconds // 60
    zone = candidate.time_zone or terms.organisation.time_zone or "UTC"
    with translation.override(candidate.language or "en"), timezone.override(_zone(zone)):
        expires = exact_time(terms.expires_at)
        extra = ""
        if terms.extra_seconds:
            count = terms.extra_seconds // 60
            extra = ngettext(
                "This includes %(count)d minute of extra time for you.",
                "This includes %(count)d minutes of extra time for you.",
                count,
            ) % {"count": count}
        contact = terms.organisation.reply_to or terms.organisation.privacy_contact
        contact = contact or _("the person who invited you")
    return {
        "candidate_name": candidate.full_name,
        "test_name": terms.assessment.name,
        "organisation": terms.organisation.name,
        "minutes": str(minutes),
        "questions": str(terms.questions),
        "expires_at": expires,
        "contact": contact,
        "extra_time": extra,
    }


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


# --- Change ----------------------------------------------------------------------------------------------------


def revoke_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> Invitation:
    """Withdraw an invitation that nobody has started; doing it twice keeps the first moment.

    Raises `InvitationRefused` when the test was started: an attempt is declared void instead.
    """
    with transaction.atomic():
        # The row is written before it is asked whether anybody started: a start waits for us, or was first.
        changed = Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(revoked_at=now)
        if changed and Attempt.objects.filter(invitation=invitation).exists():
            raise InvitationRefused(
                _("The test was started already. Declare the attempt void if it shall not count.")
            )
        current = _reload(invitation)
        if changed:
            revoke_link(link=current.link, by=by, now=now)
            _record("invitation.revoked", current, by=by, now=now)
    return current


def extend_invitation(
    *, invitation: Invitation, expires_at: datetime, by: Actor, now: datetime
) -> Invitation:
    """Let a test be started until `expires_at`, also when the invitation has expired.

    Raises `ValidationError` for a moment that is not in the future and `InvitationRefused` when the invitation was
    withdrawn or the test is finished.
    """
    if expires_at <= now or (invitation.not_before is not None and expires_at <= invitation.not_before):
        raise ValidationError({"expires_at": _("Choose a later moment, in the future.")})
    with transaction.atomic():
        _refuse_unless(invitation, _OPEN_OR_EXPIRED, now=now)
        if not Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(expires_at=expires_at):
            raise InvitationRefused(_("This invitation was withdrawn."))
        current = _reload(invitation)
        extend_link(link=current.link, expires_at=expires_at, by=by, now=now)
        _record("invitation.extended", current, by=by, now=now)
    return current


def set_extra_time(*, invitation: Invitation, seconds: int, by: Actor, now: datetime) -> Invitation:
    """Give a person more time before they start (afterwards `add_time` does).

    Raises `ValidationError` for less than nothing or more than a day and `InvitationRefused` once it was started.
    """
    if not 0 <= seconds <= 24 * 3600:
        raise ValidationError({"extra_seconds": _("Extra time is at most one day.")})
    with transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(extra_seconds=seconds)
        _refuse_unless(invitation, _OPEN_OR_EXPIRED - {InvitationState.STARTED}, now=now)
        current = _reload(invitation)
        _record("invitation.extra_time", current, by=by, now=now)
    return current


def resend_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> Message:
    """Mail the same link again and return the message. A mail that still waits, or failed, is tried again instead.

    Raises `InvitationRefused` when the link opens nothing any more.
    """
    _refuse_unless(invitation, _OPEN, now=now)
    current = _reload(invitation)
    mails = Message.objects.filter(about=Invitation._meta.label_lower, about_id=current.pk, link=current.link)
    latest = mails.order_by("-created_at", "-pk").first()
    if latest is not None and latest.state in MessageState.open_states:
        return latest
    if latest is not None and latest.state in MessageState.needs_you:
        resend(message=latest, by=by, now=now)
        latest.refresh_from_db()
        return latest
    return _mail_again(current, mails.count() + 1, by=by, now=now)


def reissue_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> Message:
    """Replace the link by a new one, so that the old one opens nothing, and mail it. Returns the message.

    Raises `InvitationRefused` when the invitation is over.
    """
    with transaction.atomic():
        _refuse_unless(invitation, _OPEN, now=now)
        current = _reload(invitation)
        reissue_link(link=current.link, by=by, now=now)
        current = _reload(invitation)
        _record("invitation.reissued", current, by=by, now=now)
        number = Message.objects.filter(about=Invitation._meta.label_lower, about_id=current.pk).count() + 1
        return _mail_again(current, number, by=by, now=now)


_OPEN = frozenset({InvitationState.WAITING, InvitationState.INVITED, InvitationState.STARTED})
_OPEN_OR_EXPIRED = _OPEN | {InvitationState.EXPIRED}


def _refuse_unless(invitation: Invitation, states: frozenset[InvitationState], *, now: datetime) -> None:
    current = Invitation.objects.get(pk=invitation.pk)
    state = current.state(queries.latest_attempt(current.pk), now=now)
    if state not in states:
        raise InvitationRefused(
            _("This invitation is “%(state)s”, so this cannot be done.") % {"state": state.label}
        )


def _mail_again(invitation: Invitation, number: int, *, by: Actor, now: datetime) -> Message:
    version = invitation.version
    terms = _Terms(
        assessment=version.assessment,
        version=version,
        questions=queries.question_count(version.pk),
        organisation=organisation(),
        expires_at=invitation.expires_at,
        not_before=invitation.not_before,
        extra_seconds=invitation.extra_seconds,
    )
    candidate = invitation.candidate
    mail = _mail(
        invitation,
        candidate,
        invitation.link,
        _address_of(candidate),
        _merge_fields(terms, candidate),
        number=number,
    )
    return queue_message(**mail, by=by, now=now)


def _reload(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_related("candidate", "link", "version__assessment").get(pk=invitation.pk)


def _event(kind: str, invitation: Invitation) -> EventDraft:
    return EventDraft(
        kind=kind,
        person_ref=invitation.candidate.public_id,
        about=Invitation._meta.label_lower,
        about_id=invitation.pk,
    )


def _record(kind: str, invitation: Invitation, *, by: Actor, now: datetime) -> None:
    record_event(
        kind=kind,
        by=by,
        now=now,
        person_ref=invitation.candidate.public_id,
        about=Invitation._meta.label_lower,
        about_id=invitation.pk,
    )
