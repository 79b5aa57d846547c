"""Changing an invitation: withdraw, extend, more time, mail again, new link."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from accounts.queries import organisation
from assessments import queries
from assessments.enums import InvitationState
from assessments.models import AssessmentVersion, Attempt, Invitation
from assessments.operations.clocks import check_reason
from assessments.operations.inviting import checked_line
from assessments.operations.mailing import (
    address_of,
    mail_draft,
    merge_fields,
    next_reminder_of,
    record,
    terms_of,
)
from assessments.registries import ACCOMMODATION_ANSWER, mail_scopes
from outbox.enums import MessageState
from outbox.models import Message
from outbox.operations import (
    extend_link,
    queue_draft,
    reissue_link,
    resend,
    revoke_link,
)
from outbox.queries import link_url
from rendering.moments import exact_time


class InvitationRefused(Exception):  # noqa: N818 -- a refusal, not a fault
    """The invitation is not in a state that allows this. The message is for the colleague who asked."""


def revoke_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> Invitation:
    """Withdraw an invitation that nobody has started; doing it twice keeps the first moment.

    Raises `InvitationRefused` when the test was started: an attempt is declared void instead.
    """
    with transaction.atomic():
        # The row is written before it is asked whether anybody started: a start waits for us, or was first.
        changed = Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(
            revoked_at=now, remind_at=None
        )
        if changed and Attempt.objects.filter(invitation=invitation).exists():
            raise InvitationRefused(
                _("The test was started already. Declare the attempt void if it shall not count.")
            )
        current = _reload(invitation)
        if changed:
            revoke_link(link=current.link, by=by, now=now)
            record("invitation.revoked", current, by=by, now=now)
    return current


def extend_invitation(
    *,
    invitation: Invitation,
    expires_at: datetime,
    beyond_closing: bool = False,
    by: Actor,
    now: datetime,
) -> Invitation:
    """Let a test be started until `expires_at`, also when the invitation has expired.

    Past the closing of the test itself it goes knowingly alone, by `beyond_closing`.
    Raises `ValidationError` for a moment that is not in the future or past the closing, and `InvitationRefused` when
    the invitation was withdrawn or the test was started: then there is nothing to put off, its time is the attempt's.
    """
    closes_at = (
        AssessmentVersion.objects.filter(pk=invitation.version_id).values_list("closes_at", flat=True).get()
    )
    if closes_at is not None and expires_at > closes_at and not beyond_closing:
        raise ValidationError(
            {
                "expires_at": _(
                    "The test closes on %(moment)s. Choose an earlier moment, or say that it is meant."
                )
                % {"moment": exact_time(closes_at)}
            }
        )
    if expires_at <= now or (invitation.not_before is not None and expires_at <= invitation.not_before):
        raise ValidationError({"expires_at": _("Choose a later moment, in the future.")})
    with transaction.atomic():
        _refuse_unless(invitation, _NOT_STARTED, now=now)
        if not Invitation.objects.filter(pk=invitation.pk, revoked_at=None).update(expires_at=expires_at):
            raise InvitationRefused(_("This invitation was withdrawn."))
        current = _remind_anew(_reload(invitation), now=now)
        extend_link(link=current.link, expires_at=expires_at, by=by, now=now)
        record("invitation.extended", current, by=by, now=now)
    return current


def set_extra_time(
    *, invitation: Invitation, seconds: int, reason: str | None = None, by: Actor, now: datetime
) -> Invitation:
    """Give a person more time before they start (afterwards `add_time` does).

    `reason` is read by administrators alone; None leaves the one that is there.

    Raises `ValidationError` for less than nothing or more than a day and `InvitationRefused` once it was started.
    """
    if not 0 <= seconds <= 24 * 3600:
        raise ValidationError({"extra_seconds": _("Extra time is at most one day.")})
    changes: dict[str, Any] = {"extra_seconds": seconds}
    if reason is not None:
        changes["extra_reason"] = checked_line(reason, field="extra_reason")
    with transaction.atomic():
        Invitation.objects.filter(pk=invitation.pk).update(**changes)
        _refuse_unless(invitation, _NOT_STARTED, now=now)
        current = _reload(invitation)
        record("invitation.extra_time", current, by=by, now=now)
    return current


def show_link(*, invitation: Invitation, by: Actor, now: datetime) -> str:
    """Return the address of an invitation's link for a colleague to hand over, and record that they saw it.

    Whoever has the address can take the test, so it is for showing at once: never logged, stored or passed on by a GET.
    Raises `InvitationRefused` when the link opens nothing any more.
    """
    with transaction.atomic():
        _refuse_unless(invitation, _OPEN, now=now)
        current = _reload(invitation)
        record("invitation.link_shown", current, by=by, now=now)
    return link_url(current.link)


def resend_invitation(*, invitation: Invitation, by: Actor, now: datetime) -> Message:
    """Mail the same link again and return the message. A mail that still waits, or failed, is tried again instead.

    Raises `InvitationRefused` when the link opens nothing any more.
    """
    _refuse_unless(invitation, _OPEN, now=now)
    current = _reload(invitation)
    mails = Message.objects.filter(about=Invitation._meta.label_lower, about_id=current.pk, link=current.link)
    # The answer to what somebody asked for is no invitation, though it holds the same link.
    latest = mails.exclude(kind=ACCOMMODATION_ANSWER).order_by("-created_at", "-pk").first()
    if latest is not None and latest.state in MessageState.open_states:
        return latest
    if latest is not None and latest.state in MessageState.needs_you:
        resend(message=latest, by=by, now=now)
        latest.refresh_from_db()
        return latest
    return _mail_again(current, mails.count() + 1, by=by, now=now)


def reissue_invitation(*, invitation: Invitation, reason: str, by: Actor, now: datetime) -> Message:
    """Replace the link by a new one, so that the old one opens nothing, and mail it. Returns the message.

    The `reason` of the last time stays with the invitation, for colleagues.
    Raises `ValidationError` keyed "reason" for none or a long one; `InvitationRefused` when the invitation is over.
    """
    why = checked_line(reason, field="reason")
    check_reason(why)
    with transaction.atomic():
        _refuse_unless(invitation, _OPEN, now=now)
        Invitation.objects.filter(pk=invitation.pk).update(reissue_reason=why)
        current = _reload(invitation)
        reissue_link(link=current.link, by=by, now=now)
        current = _remind_anew(_reload(invitation), now=now)
        record("invitation.reissued", current, by=by, now=now)
        number = Message.objects.filter(about=Invitation._meta.label_lower, about_id=current.pk).count() + 1
        return _mail_again(current, number, by=by, now=now)


_OPEN = frozenset({InvitationState.WAITING, InvitationState.INVITED, InvitationState.STARTED})


_NOT_STARTED = frozenset({InvitationState.WAITING, InvitationState.INVITED, InvitationState.EXPIRED})


def _refuse_unless(invitation: Invitation, states: frozenset[InvitationState], *, now: datetime) -> None:
    current = Invitation.objects.get(pk=invitation.pk)
    state = current.state(queries.latest_attempt(current.pk), now=now)
    if state not in states:
        raise InvitationRefused(
            _("This invitation is “%(state)s”, so this cannot be done.") % {"state": state.label}
        )


def _mail_again(invitation: Invitation, number: int, *, by: Actor, now: datetime) -> Message:
    terms = terms_of(invitation, organisation())
    candidate = invitation.candidate
    fields = merge_fields(terms, candidate)
    draft = mail_draft(
        invitation,
        address_of(candidate),
        fields,
        home=terms.organisation,
        number=number,
        scope=mail_scopes([invitation.pk]).get(invitation.pk, ""),
    )
    return queue_draft(draft=draft, by=by, now=now)


def _remind_anew(invitation: Invitation, *, now: datetime) -> Invitation:
    """Let the next reminder follow the end of an invitation that was just loaded, and return it."""
    following = next_reminder_of(invitation, after=now)
    if Invitation.objects.filter(pk=invitation.pk, attempts=None).update(remind_at=following):
        invitation.remind_at = following
    return invitation


def _reload(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_related("candidate", "link", "version__assessment").get(pk=invitation.pk)
