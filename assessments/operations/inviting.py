"""Inviting people to a test: one, or thousands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.queries import organisation
from assessments import queries
from assessments.models import Assessment, AssessmentVersion, Invitation
from assessments.operations.mailing import (
    CannotInvite,
    NotInvitedAgain,
    Terms,
    address_of,
    event_draft,
    mail_draft,
    merge_fields,
    record,
)
from assessments.rules import (
    INVITATION_DAYS,
    next_reminder,
    within_window,
)
from candidates.models import Candidate
from outbox.enums import LinkPurpose
from outbox.models import AccessLink
from outbox.operations import (
    create_link,
    create_links,
    queue_draft,
    queue_messages,
    record_events,
)
from rendering.characters import clean_line
from rendering.moments import exact_time

LONGEST_REASON = 300
# How many invitations are written in one transaction: short enough that a save beside it does not wait.
BATCH = 50


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
    # The intents of those whom the retake rule leaves out.
    refused: list[str] = field(default_factory=list)


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
    extra_reason: str = "",
    language: str = "",
    again_reason: str = "",
    send_mail: bool = True,
    context: Mapping[str, str] | None = None,
    scope: str = "",
) -> Invitation:
    """Invite a person to the published version of a test and return the invitation.

    The link, the invitation, its event and the mail (unless `send_mail` is false) are written in one transaction. The
    same `intent` again returns the invitation that is there.
    Arguments: `expires_at`, until when the test may be started (14 days when left out); `not_before` and it are cut to
    the window of the test; `extra_reason` is read by administrators alone; `language` of mail and pages, the person's
    own when left out; `again_reason` allows one more than the retake rule does; `context`, merge fields of the mail
    beyond the test's own; `scope`, whose words it has (later mail asks `registries.mail_scopes`).
    Raises `CannotInvite` when the test has no published version, is retired or closed, or the person has no address;
    `NotInvitedAgain` when the retake rule says no; `ValidationError` keyed by field for dates that make no sense.
    """
    found = _by_intent(intent)
    if found is not None:
        return found
    terms = invitation_terms(
        assessment,
        expires_at=expires_at,
        not_before=not_before,
        extra_seconds=extra_seconds,
        extra_reason=extra_reason,
        language=language,
        again_reason=again_reason,
        scope=scope,
        now=now,
    )
    refused = queries.refused_again([candidate.pk], terms.version, now=now).get(candidate.pk)
    if refused is not None and not terms.again_reason:
        raise NotInvitedAgain(refused)
    address = address_of(candidate) if send_mail else ""
    try:
        with transaction.atomic():
            link = create_link(
                purpose=LinkPurpose.TEST,
                person_ref=candidate.public_id,
                by=by,
                now=now,
                expires_at=terms.expires_at,
            )
            invitation = _invitation(intent, candidate, link, terms, by=by, now=now)
            invitation.save(force_insert=True)
            if send_mail:
                fields = {**merge_fields(terms, candidate), **(context or {})}
                draft = mail_draft(invitation, address, fields, home=terms.organisation, scope=terms.scope)
                queue_draft(draft=draft, by=by, now=now)
            record("invitation.created", invitation, by=by, now=now)
            if refused is not None:
                record("invitation.allowed_again", invitation, by=by, now=now)
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
    extra_reason: str = "",
    language: str = "",
    again_reason: str = "",
    scope: str = "",
) -> InviteResult:
    """Invite many people, a batch at a time, and return what was made and what was there already.

    Each batch is one short transaction with links, invitations, mails and events; when the work stops half way,
    running it again goes on where it was. Whom the retake rule leaves out is named in the result. Raises as `invite`
    does otherwise.
    """
    terms = invitation_terms(
        assessment,
        expires_at=expires_at,
        not_before=not_before,
        extra_seconds=extra_seconds,
        extra_reason=extra_reason,
        language=language,
        again_reason=again_reason,
        scope=scope,
        now=now,
    )
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
    drafts: Mapping[str, InvitationDraft], terms: Terms, result: InviteResult, *, by: Actor, now: datetime
) -> None:
    found = list(Invitation.objects.filter(intent__in=drafts).order_by("pk"))
    known = {invitation.intent for invitation in found}
    fresh = [draft for intent, draft in drafts.items() if intent not in known]
    refused = queries.refused_again([draft.candidate_id for draft in fresh], terms.version, now=now)
    if not terms.again_reason:
        left_out = [draft.intent for draft in fresh if draft.candidate_id in refused]
        fresh = [draft for draft in fresh if draft.candidate_id not in refused]
    else:
        left_out = []
    candidates = Candidate.objects.in_bulk([draft.candidate_id for draft in fresh])
    fields = {
        draft.intent: {**merge_fields(terms, candidates[draft.candidate_id]), **draft.context}
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
            _invitation(draft.intent, candidates[draft.candidate_id], link, terms, by=by, now=now)
            for draft, link in zip(fresh, links, strict=True)
        )
        queue_messages(
            drafts=[
                mail_draft(
                    invitation,
                    draft.to_address,
                    fields[draft.intent],
                    home=terms.organisation,
                    to_name=draft.to_name,
                    scope=terms.scope,
                )
                for invitation, draft in zip(made, fresh, strict=True)
            ],
            by=by,
            now=now,
        )
        events = [event_draft("invitation.created", invitation) for invitation in made]
        events += [
            event_draft("invitation.allowed_again", invitation)
            for invitation in made
            if invitation.candidate_id in refused
        ]
        record_events(drafts=events, by=by, now=now)
    result.created.extend(made)
    result.refused.extend(left_out)
    result.existing.extend(found)


def _by_intent(intent: str) -> Invitation | None:
    return Invitation.objects.select_related("candidate", "link").filter(intent=intent).first()


def invitation_terms(
    assessment: Assessment,
    *,
    expires_at: datetime | None = None,
    not_before: datetime | None = None,
    extra_seconds: int = 0,
    extra_reason: str = "",
    language: str = "",
    again_reason: str = "",
    scope: str = "",
    now: datetime,
) -> Terms:
    """Return what invitations to a test would say, cut to its window. Raises as `invite` does. Three queries."""
    if assessment.retired_at is not None or assessment.current_version_id is None:
        raise CannotInvite(
            _("The test “%(name)s” is not published. Publish it, then invite.") % {"name": assessment.name}
        )
    version = AssessmentVersion.objects.get(pk=assessment.current_version_id)
    if version.closes_at is not None and version.closes_at <= now:
        raise CannotInvite(
            _("The test “%(name)s” closed on %(moment)s. Start a new version with a later end, then invite.")
            % {"name": assessment.name, "moment": exact_time(version.closes_at)}
        )
    ends = expires_at or now + timedelta(days=INVITATION_DAYS)
    if ends <= now:
        raise ValidationError({"expires_at": _("Choose a moment in the future.")})
    window = within_window(
        not_before=not_before, expires_at=ends, opens_at=version.opens_at, closes_at=version.closes_at
    )
    if window.not_before is not None and window.not_before >= window.expires_at:
        raise ValidationError({"not_before": _("The test must open before the invitation ends.")})
    if not 0 <= extra_seconds <= 24 * 3600:
        raise ValidationError({"extra_seconds": _("Extra time is at most one day.")})
    if language and language not in dict(settings.CANDIDATE_LANGUAGES):
        raise ValidationError({"language": _("Choose one of the languages offered.")})
    return Terms(
        assessment=assessment,
        version=version,
        questions=queries.question_count(version.pk),
        organisation=organisation(),
        expires_at=window.expires_at,
        not_before=window.not_before,
        extra_seconds=extra_seconds,
        language=language,
        extra_reason=checked_line(extra_reason, field="extra_reason"),
        again_reason=checked_line(again_reason, field="again_reason"),
        scope=scope,
    )


def checked_line(text: str, *, field: str) -> str:
    """Return a reason as one line. Raises `ValidationError` keyed `field` for more than 300 characters."""
    cleaned = clean_line(text)
    if len(cleaned) > LONGEST_REASON:
        raise ValidationError({field: _("Keep it to 300 characters.")})
    return cleaned


def _invitation(
    intent: str, candidate: Candidate, link: AccessLink, terms: Terms, *, by: Actor, now: datetime
) -> Invitation:
    return Invitation(
        intent=intent,
        candidate=candidate,
        link=link,
        version=terms.version,
        invited_by=by.user,
        created_at=now,
        not_before=terms.not_before,
        expires_at=terms.expires_at,
        extra_seconds=terms.extra_seconds,
        extra_reason=terms.extra_reason,
        again_reason=terms.again_reason,
        language=terms.language,
        remind_at=next_reminder(
            invited_at=now,
            expires_at=terms.expires_at,
            days=terms.assessment.reminder_days,
            after=now,
            not_before=terms.not_before,
        ),
    )
