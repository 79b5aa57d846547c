"""Asking for the approval that a stage needs, and giving it, declining it or taking the question back."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.enums import Scope
from accounts.models import Actor
from hiring.enums import ApplicationStatus, ApprovalState, Capability, TransitionCause
from hiring.models import Application, Approval, Stage
from hiring.operations.access import require_may, require_other_person
from hiring.operations.errors import MoveRefused, StaleMove
from hiring.operations.letting_in import approval_event, end
from hiring.operations.moves import check_may_go, load, put_at_stage, what_happened
from hiring.operations.notifying import tell_asked, tell_decided
from outbox.operations import record_events
from rendering.characters import clean_text

LONGEST_APPROVAL_TEXT = 1000


@transaction.atomic
def ask_approval(
    *,
    application: Application,
    to_stage: Stage,
    seen_version: int | None,
    note: str = "",
    by: Actor,
    now: datetime,
    tells: bool = True,
) -> Approval:
    """Ask for an application to come to a stage that needs an approval, and return what waits now.

    Arguments: `seen_version`, the `Application.version` that whoever asks was looking at; None takes it as it is.
    `note` is for who decides. Whoever asks for many `tells` of them at the end, once.
    What waits for that stage already stays as it was asked for. On hold one may ask, and what waits stays.
    Side effects: an event; those who approve are told.
    Raises: `PermissionDenied` (keys need "approvals:write"); `StaleMove`; `ValidationError` keyed "note";
    `MoveRefused` as `move_to_stage`, and for a stage that needs none ("no_approval_needed"), where they stand already
    ("is_there") or while another one waits ("approval_waiting").
    """
    current = load(application)
    require_may(by, Capability.MOVE, current.job, scope=Scope.APPROVALS_WRITE)
    require_other_person(by, current.candidate_id)
    check_may_go(current, to_stage, seen_version=seen_version, now=now)
    if current.stage_id == to_stage.pk:
        words = _("%(person)s is at “%(stage)s” already.")
        raise MoveRefused("is_there", words % {"person": current.candidate, "stage": to_stage.name})
    if not to_stage.needs_approval:
        words = _("“%s” needs no approval. Move them there.")
        raise MoveRefused("no_approval_needed", words % to_stage.name)
    note = checked_approval_text(note, "note")
    # Whoever moves or decides about it at this moment waits for us, or was first.
    live = Application.objects.filter(
        pk=current.pk, version=current.version, status__in=ApplicationStatus.live
    )
    if not live.update(version=current.version):
        raise StaleMove(what_happened(load(application), now=now))
    asked = Approval(application=current, stage=to_stage, asked_by=by.user, asked_at=now, note=note)
    before = _waits_already(current)
    if before is None:
        try:
            with transaction.atomic():
                asked.save(force_insert=True)
        except IntegrityError:
            before = _waits_already(current)
            if before is None:
                raise
    if before is not None:
        if before.stage_id == to_stage.pk:
            return before
        words = _("An approval for “%(stage)s” waits for %(person)s. Withdraw that question first.")
        raise MoveRefused(
            "approval_waiting", words % {"stage": before.stage.name, "person": current.candidate}
        )
    record_events(drafts=[approval_event(asked, ApprovalState.WAITING)], by=by, now=now)
    if tells:
        tell_asked([asked], by=by, now=now)
    return asked


def _waits_already(application: Application) -> Approval | None:
    waiting = Approval.objects.filter(application=application, state=ApprovalState.WAITING)
    return waiting.select_related("stage").first()


@transaction.atomic
def approve(*, approval: Approval, comment: str = "", by: Actor, now: datetime) -> Application:
    """Give an approval that waits and return the application, which is at its stage now.

    The move is one of whoever approves: the stage does what it does, and it can be undone as others. All of it or
    nothing.
    Side effects: a transition and events; whoever asked is told.
    Raises: `PermissionDenied`, also for whoever asked, about oneself and about whom one referred (keys need
    "approvals:write"); `ValidationError` keyed "comment"; `StaleMove`; `MoveRefused` as `move_to_stage`, and where it
    waits no more ("not_waiting").
    """
    current = _require_decider(approval, by)
    _require_waiting(approval)
    comment = checked_approval_text(comment, "comment")
    moved = put_at_stage(
        current,
        approval.stage,
        seen_version=None,
        by=by,
        now=now,
        cause=TransitionCause.PERSON,
        is_approved=True,
    )
    given = Approval.objects.filter(
        pk=approval.pk,
        state=ApprovalState.APPROVED,
        transition_number=moved.version,
        decided_by=by.user,
    )
    # Somebody else decided at this very moment: what they did stands, and this move is none.
    if not given.update(comment=comment):
        raise _not_waiting(approval)
    return moved


@transaction.atomic
def decline(*, approval: Approval, comment: str, by: Actor, now: datetime) -> Approval:
    """Decline an approval that waits, with the reason, and return it. The person stays where they are.

    Side effects: an event; whoever asked is told.
    Raises as `approve`; `ValidationError` keyed "comment" also without a reason.
    """
    current = _require_decider(approval, by)
    _require_waiting(approval)
    comment = checked_approval_text(comment, "comment")
    if not comment:
        raise ValidationError({"comment": _("Say why, so that whoever asked knows what to do next.")})
    if not end(approval, ApprovalState.DECLINED, by=by, now=now, comment=comment):
        raise _not_waiting(approval)
    declined = Approval.objects.select_related("stage").get(pk=approval.pk)
    declined.application = current
    record_events(drafts=[approval_event(declined, ApprovalState.DECLINED)], by=by, now=now)
    tell_decided(declined, by=by, now=now)
    return declined


@transaction.atomic
def withdraw_approval(*, approval: Approval, by: Actor, now: datetime) -> Approval:
    """Take back the question for an approval that waits, and return it. Whoever asked may, and whoever moves people
    of the job; keys of those who move people alone, with "approvals:write".

    Side effects: an event.
    Raises: `PermissionDenied`; `MoveRefused` where it waits no more ("not_waiting").
    """
    current = load(approval.application)
    if by.user is None or by.api_key is not None or approval.asked_by_id != by.user.pk:
        require_may(by, Capability.MOVE, current.job, scope=Scope.APPROVALS_WRITE)
    require_other_person(by, current.candidate_id)
    if not end(approval, ApprovalState.WITHDRAWN, by=by, now=now):
        raise _not_waiting(approval)
    withdrawn = Approval.objects.select_related("stage").get(pk=approval.pk)
    withdrawn.application = current
    record_events(drafts=[approval_event(withdrawn, ApprovalState.WITHDRAWN)], by=by, now=now)
    return withdrawn


def _require_decider(approval: Approval, by: Actor) -> Application:
    """Return the application as it is now. Raises `PermissionDenied` unless `by` may decide about it."""
    current = load(approval.application)
    if by.is_system or by.user is None:
        raise PermissionDenied(_("A person decides about an approval, not a program."))
    require_may(by, Capability.APPROVE, current.job, scope=Scope.APPROVALS_WRITE)
    require_other_person(by, current.candidate_id)
    if current.referred_by_id == by.user.pk:
        raise PermissionDenied(_("You referred this person. Ask a colleague to decide about the approval."))
    if approval.asked_by_id == by.user.pk:
        raise PermissionDenied(_("You asked for this approval yourself. Ask a colleague to decide about it."))
    return current


def _require_waiting(approval: Approval) -> None:
    if not Approval.objects.filter(pk=approval.pk, state=ApprovalState.WAITING).exists():
        raise _not_waiting(approval)


def _not_waiting(approval: Approval) -> MoveRefused:
    now = Approval.objects.select_related("decided_by", "application__candidate").get(pk=approval.pk)
    words = _(
        "The approval for %(person)s waits no more: “%(state)s”, by %(who)s. Nothing was changed: look again."
    )
    return MoveRefused(
        "not_waiting",
        words
        % {
            "person": now.application.candidate,
            "state": now.get_state_display(),
            "who": now.decided_by or _("the system"),
        },
    )


def checked_approval_text(text: str, field: str) -> str:
    """Return a note or a reason as it is kept. Raises `ValidationError` keyed `field` for one that is too long."""
    cleaned = clean_text(text).strip()
    if len(cleaned) > LONGEST_APPROVAL_TEXT:
        raise ValidationError({field: _("Keep it to 1,000 characters.")})
    return cleaned
