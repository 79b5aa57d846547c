"""Changing many invitations: what is done to each, and how a worker does it to thousands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Actor
from assessments.enums import InvitationChange, InvitationState
from assessments.models import Attempt, Invitation
from assessments.operations.corrections import void_attempt
from assessments.operations.invitations import (
    InvitationRefused,
    extend_invitation,
    reissue_invitation,
    resend_invitation,
    revoke_invitation,
    set_extra_time,
)
from assessments.operations.inviting import invite
from assessments.operations.mailing import CannotInvite, NotInvitedAgain
from assessments.queries import latest_attempt
from assessments.registries import inviter_again
from outbox.models import Message, Work
from outbox.operations import Pace, queue_work
from outbox.registries import Report, register_work

CHANGE = "assessments.change"
# How many are changed by one piece of work at most.
CHANGE_LIMIT = 10_000
_CHUNK = 50
# What people wrote; it is kept with what was changed, where erasure finds it, and not with the work.
_WRITTEN = ("reason", "again_reason")


def change_invitation(
    *, change: InvitationChange, invitation: Invitation, terms: Mapping[str, Any], by: Actor, now: datetime
) -> None:
    """Do one `change` to an invitation. `terms` are what was said besides, as the form of the change has it.

    Raises what the operation of the change raises: `InvitationRefused`, `CannotInvite` or `ValidationError`.
    """
    common: dict[str, Any] = {"invitation": invitation, "by": by, "now": now}
    match change:
        case InvitationChange.REVOKE:
            revoke_invitation(**common)
        case InvitationChange.RESEND:
            resend_invitation(**common)
        case InvitationChange.REISSUE:
            reissue_invitation(reason=terms["reason"], **common)
        case InvitationChange.EXTEND:
            extend_invitation(**terms, **common)
        case InvitationChange.EXTRA_TIME:
            set_extra_time(seconds=terms["minutes"] * 60, reason=terms["reason"], **common)
        case InvitationChange.VOID:
            _void(invitation, terms["reason"], by=by, now=now)
        case InvitationChange.AGAIN:
            invite_again(again_reason=terms["again_reason"], **common)


def _void(invitation: Invitation, reason: str, *, by: Actor, now: datetime) -> None:
    attempts = Attempt.objects.filter(invitation=invitation).visible_to(by)
    attempt = attempts.order_by("-number", "-pk").first()
    if attempt is None:
        raise InvitationRefused(_("Nobody has started this test with it."))
    void_attempt(attempt=attempt, reason=reason, by=by, now=now)


def invite_again(*, invitation: Invitation, again_reason: str = "", by: Actor, now: datetime) -> Invitation:
    """Invite the person of an invitation that is over to the same test again, and return the new invitation.

    It is the version that is published now, for the usual time; extra time and language stay theirs. The app above
    invites whom it knows, so that the result belongs to the same application.
    Raises `InvitationRefused` while the invitation is open, or when there is a newer one; `CannotInvite` as `invite`.
    """
    state = invitation.state(latest_attempt(invitation.pk), now=now)
    if state in InvitationState.open_states:
        raise InvitationRefused(
            _("This invitation is “%(state)s”, so this cannot be done.") % {"state": state.label}
        )
    if _newer(invitation).exists():
        raise InvitationRefused(_("This person has a newer invitation to the test."))
    above = inviter_again()
    again = above(invitation, again_reason, by, now) if above else None
    return again or invite(
        candidate=invitation.candidate,
        assessment=invitation.version.assessment,
        intent=f"again:{invitation.pk}",
        extra_seconds=invitation.extra_seconds,
        extra_reason=invitation.extra_reason,
        language=invitation.language,
        again_reason=again_reason,
        by=by,
        now=now,
    )


def _newer(invitation: Invitation) -> Any:
    same = Invitation.objects.filter(
        candidate=invitation.candidate_id, version__assessment=invitation.version.assessment_id
    )
    return same.filter(pk__gt=invitation.pk)


# --- Many ---------------------------------------------------------------------------------------------------------


def queue_change(
    *,
    change: InvitationChange,
    invitation_ids: Sequence[int],
    terms: Mapping[str, Any],
    back: Mapping[str, str],
    intent: str,
    by: Actor,
    now: datetime,
) -> Work:
    """Ask for many invitations to be changed, and return the work. The ids are frozen here.

    Arguments: `terms` as of `change_invitation`; `back`, the "url" and "label" of the list where they were chosen;
    `intent` comes from the form, so that a double click is one piece of work.
    Raises: `PermissionDenied`; `ValidationError` for nobody or too many.
    """
    _require_permission(by)
    ids = list(dict.fromkeys(invitation_ids))
    if not ids:
        raise ValidationError(_("Choose at least one invitation."))
    if len(ids) > CHANGE_LIMIT:
        raise ValidationError(
            _("Those are %(count)s invitations; at most %(limit)s at once. Narrow the filter.")
            % {"count": f"{len(ids):,}", "limit": f"{CHANGE_LIMIT:,}"}
        )
    return queue_work(
        kind=CHANGE,
        intent=f"{CHANGE}:{intent}",
        arguments={
            "change": change.value,
            "invitations": ids,
            "terms": {
                name: value.isoformat() if isinstance(value, datetime) else value
                for name, value in terms.items()
            },
            "back": dict(back),
        },
        by=by,
        now=now,
        total=len(ids),
    )


@dataclass
class _Tally:
    done: int = 0
    # How many were left out, by why.
    skipped: Counter[str] = field(default_factory=Counter)


def do_change(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_change`, each invitation in transactions of its own, and return its result.

    Who may be seen is asked anew. Doing it again goes on where it was: what was done by this work is not done twice.
    """
    _require_permission(actor)
    arguments = work.arguments
    change, ids = InvitationChange(arguments["change"]), arguments["invitations"]
    terms = dict(arguments["terms"])
    if "expires_at" in terms:
        terms["expires_at"] = parse_datetime(terms["expires_at"])
    tally, pace = _Tally(), Pace()
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        seen = Invitation.objects.filter(pk__in=part).visible_to(actor)
        found = seen.select_related("candidate", "version__assessment").in_bulk()
        if len(found) < len(part):
            tally.skipped[_("Not yours to change")] += len(part) - len(found)
        for invitation in (found[pk] for pk in part if pk in found):
            pace()
            why = _why_not(work, change, invitation, terms, by=actor, now=now)
            if why:
                tally.skipped[why] += 1
            else:
                tally.done += 1
        report(min(start + _CHUNK, len(ids)), len(ids))
    _forget_words(work)
    return {
        "summary": ngettext("%(count)d invitation: done.", "%(count)d invitations: done.", tally.done)
        % {"count": tally.done},
        "counts": [
            [str(change.label), tally.done],
            *([_("Left out: %s") % why, count] for why, count in tally.skipped.most_common()),
        ],
        "changed": tally.done,
        "next": arguments["back"],
    }


def _why_not(
    work: Work,
    change: InvitationChange,
    invitation: Invitation,
    terms: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
) -> str:
    """Change one; return why not, in words without a name."""
    if _was_done(work, change, invitation):
        return ""
    try:
        change_invitation(change=change, invitation=invitation, terms=terms, by=by, now=now)
    except NotInvitedAgain as refusal:
        return str(refusal.why.reason.label)
    except (InvitationRefused, CannotInvite) as refusal:
        return str(refusal)
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return ""


def _was_done(work: Work, change: InvitationChange, invitation: Invitation) -> bool:
    """Whether a try before this one did what would be felt twice: a mail, a new link, one more invitation."""
    if work.tries < 2:
        return False
    if change == InvitationChange.AGAIN:
        return bool(_newer(invitation).filter(created_at__gte=work.created_at).exists())
    if change in (InvitationChange.RESEND, InvitationChange.REISSUE):
        mails = Message.objects.filter(about=Invitation._meta.label_lower, about_id=invitation.pk)
        return bool(mails.filter(created_at__gte=work.created_at).exists())
    return False


def _forget_words(work: Work) -> None:
    kept = {name: "" if name in _WRITTEN else value for name, value in work.arguments["terms"].items()}
    Work.objects.filter(pk=work.pk).update(arguments={**work.arguments, "terms": kept})


def _require_permission(by: Actor) -> None:
    if by.user is None or not by.user.has_perm("assessments.change_invitation"):
        raise PermissionDenied


def _change(work: Work, actor: Actor, report: Report) -> dict[str, Any]:
    try:
        return do_change(work, actor, report, now=timezone.now())
    except PermissionDenied as error:
        raise ValidationError(_("You may not change invitations any more.")) from error


def register() -> None:
    """Register it with outbox. Called once, when the app is ready."""
    register_work(CHANGE, _change, gettext_lazy("Change invitations"))
