"""More time or another format: asked for before the start, granted or declined by a colleague."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Scope
from accounts.models import Actor
from accounts.queries import organisation
from assessments.enums import AccommodationState
from assessments.models import AccommodationRequest, Attempt, Invitation
from assessments.operations.history import candidate_actor
from assessments.operations.invitations import set_extra_time
from assessments.operations.mailing import address_of, contact_words, language_of, zone_of
from assessments.registries import ACCOMMODATION_ANSWER, mail_scopes
from outbox.enums import Audience
from outbox.operations import MessageDraft, queue_draft, record_event
from rendering.characters import clean_text
from rendering.moments import exact_time

LONGEST_TEXT = 1000
MOST_MINUTES = 24 * 60


class AccommodationRefused(Exception):  # noqa: N818 -- a refusal, not a fault
    """The request cannot be made or answered any more. The message is for whoever tried."""


def ask_for_accommodation(
    *, invitation: Invitation, text: str, wished_minutes: int | None = None, now: datetime
) -> AccommodationRequest:
    """Keep that the candidate of `invitation` needs more time or another format, and return the request.

    While one waits for its answer, it is returned as it is.
    Raises `ValidationError` keyed by field, and `AccommodationRefused` once the test was started or the invitation
    was withdrawn.
    """
    cleaned = clean_text(text).strip()
    if not cleaned or len(cleaned) > LONGEST_TEXT:
        raise ValidationError({"text": _("Say what you need, in at most 1,000 characters.")})
    if wished_minutes is not None and not 1 <= wished_minutes <= MOST_MINUTES:
        raise ValidationError({"wished_minutes": _("Between one minute and one day.")})
    try:
        with transaction.atomic():
            # The row is written before it is asked whether anybody started: a start waits for us, or was first.
            held = Invitation.objects.filter(pk=invitation.pk, revoked_at=None, candidate__erased_at=None)
            if not held.update(extra_seconds=F("extra_seconds")):
                raise AccommodationRefused(_("This invitation was withdrawn."))
            if Attempt.objects.filter(invitation=invitation).exists():
                raise AccommodationRefused(_("The test was started already."))
            current = Invitation.objects.select_related("candidate").get(pk=invitation.pk)
            request = AccommodationRequest.objects.create(
                invitation=current, text=cleaned, wished_minutes=wished_minutes, asked_at=now
            )
            _record("accommodation.asked", request, by=candidate_actor(current), now=now)
    except IntegrityError:
        return AccommodationRequest.objects.get(invitation=invitation, state=AccommodationState.OPEN)
    return request


def grant_accommodation(
    *, request: AccommodationRequest, minutes: int, answer: str = "", by: Actor, now: datetime
) -> AccommodationRequest:
    """Give `minutes` of extra time in all (0 for another format alone, which `answer` then describes), tell the
    candidate by mail and return the request.

    Raises `PermissionDenied` for whoever may not see the request (keys need "invitations:write"),
    `ValidationError` keyed by field,
    `AccommodationRefused` when somebody answered it already and `InvitationRefused` when the test was started.
    """
    if not 0 <= minutes <= MOST_MINUTES:
        raise ValidationError({"minutes": _("Extra time is at most one day.")})
    if not minutes and not answer.strip():
        raise ValidationError({"minutes": _("Give minutes, or say in the answer what else you offer.")})
    return _answer(request, AccommodationState.GRANTED, minutes * 60, answer, by=by, now=now)


def decline_accommodation(
    *, request: AccommodationRequest, answer: str, by: Actor, now: datetime
) -> AccommodationRequest:
    """Say no with a word for the candidate, mail it and return the request. Extra time stays as it was.

    Raises as `grant_accommodation` does; the answer is required.
    """
    if not answer.strip():
        raise ValidationError({"answer": _("Say why, in words for the candidate.")})
    return _answer(request, AccommodationState.DECLINED, None, answer, by=by, now=now)


def _answer(
    request: AccommodationRequest,
    state: AccommodationState,
    seconds: int | None,
    answer: str,
    *,
    by: Actor,
    now: datetime,
) -> AccommodationRequest:
    answer = clean_text(answer).strip()
    if len(answer) > LONGEST_TEXT:
        raise ValidationError({"answer": _("Keep the answer to 1,000 characters.")})
    is_narrow = by.api_key is not None and Scope.INVITATIONS_WRITE not in by.api_key.scopes
    if is_narrow or not AccommodationRequest.objects.filter(pk=request.pk).visible_to(by).exists():
        raise PermissionDenied(_("Only those who look after this person can answer."))
    with transaction.atomic():
        invitation = Invitation.objects.get(pk=request.invitation_id)
        if seconds is not None and seconds != invitation.extra_seconds:
            invitation = set_extra_time(invitation=invitation, seconds=seconds, by=by, now=now)
        changed = AccommodationRequest.objects.filter(pk=request.pk, state=AccommodationState.OPEN).update(
            state=state,
            answer=answer,
            answered_at=now,
            answered_by=by.user,
            extra_seconds=invitation.extra_seconds,
        )
        if not changed:
            raise AccommodationRefused(_("Somebody has answered this already."))
        current = AccommodationRequest.objects.select_related(
            "invitation__candidate", "invitation__link", "invitation__version__assessment"
        ).get(pk=request.pk)
        if current.invitation.candidate.erased_at is None:
            queue_draft(draft=_mail(current), by=by, now=now)
        _record(f"accommodation.{state.value}", current, by=by, now=now)
    return current


def _mail(request: AccommodationRequest) -> MessageDraft:
    """Return the mail that tells the candidate what was decided, in their language and zone."""
    invitation, home = request.invitation, organisation()
    candidate, version = invitation.candidate, invitation.version
    language = language_of(invitation, home)
    with translation.override(language), timezone.override(zone_of(candidate, home)):
        context = {
            "candidate_name": candidate.full_name,
            "test_name": version.assessment.name,
            "organisation": home.name,
            "decision": _decision(request),
            "answer": request.answer,
            "minutes": str(version.minutes + invitation.extra_seconds // 60),
            "expires_at": exact_time(invitation.expires_at),
            "contact": contact_words(home),
        }
    return MessageDraft(
        intent=f"accommodation:{request.pk}:answer",
        kind=ACCOMMODATION_ANSWER,
        audience=Audience.CANDIDATE,
        to_name=candidate.full_name,
        to_address=address_of(candidate),
        context=context,
        link=invitation.link,
        person_ref=candidate.public_id,
        about=Invitation._meta.label_lower,
        about_id=invitation.pk,
        language=language,
        scope=mail_scopes([invitation.pk]).get(invitation.pk, ""),
    )


def _decision(request: AccommodationRequest) -> str:
    minutes = request.extra_seconds // 60
    if request.state == AccommodationState.DECLINED:
        return _("We cannot grant what you asked for.")
    if not minutes:
        return _("We can offer what you asked for.")
    text = ngettext(
        "You have %(count)d minute of extra time.", "You have %(count)d minutes of extra time.", minutes
    )
    return text % {"count": minutes}


def _record(kind: str, request: AccommodationRequest, *, by: Actor, now: datetime) -> None:
    record_event(
        kind=kind,
        by=by,
        now=now,
        person_ref=request.invitation.candidate.public_id,
        about=Invitation._meta.label_lower,
        about_id=request.invitation_id,
        data={"request": request.pk},
    )
