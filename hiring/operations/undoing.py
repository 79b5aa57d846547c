"""Taking back what one has just decided about an application: for some seconds, by whoever decided it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import ApplicationStatus, ApprovalState, Capability, StageActionState, TransitionCause
from hiring.models import (
    Application,
    ApplicationTransition,
    Approval,
    RejectionReason,
    Stage,
    StageAction,
)
from hiring.operations.access import require_may, require_other_person
from hiring.operations.errors import MoveRefused
from hiring.operations.letting_in import ask_again
from hiring.operations.moves import load, refuse_beside_another_live, write_change
from hiring.operations.rejection_mail import cancel_rejection_mail, uncancel_rejection_mail
from hiring.operations.stage_entry import bring_back_actions
from hiring.queries.undoing import rejection_mail_is_out, why_not_undone
from hiring.rules import UNDO_HEARD_FOR


@transaction.atomic
def undo_last(
    *, application: Application, number: int, by: Actor, now: datetime, in_time: bool = False
) -> Application:
    """Take back the newest transition of an application and return it as it is now.

    Arguments: `number`, that of the transition as whoever asks was told it; `in_time`, whether it was asked for in time
    already, as with long work.
    A move, a hold, a withdrawal, a restoring and a rejection are undone for some seconds, by who made them. The
    application stands where it stood, since when it stood there; a new transition leads back and names what it undoes.
    Side effects: a rejection mail that waits is cancelled, one that a restoring had cancelled waits again; what
    entering the stage asked for and was not done yet is cancelled, and what leaving the one before had cancelled waits
    again, and so does an approval that it gave or that was asked for until then. Invitations that were withdrawn stay
    withdrawn. The stage where somebody stood before needs no new approval.
    Raises: `PermissionDenied`; `MoveRefused` when something else happened since ("not_last"), it is too late
    ("too_late"), it is nothing that can be undone ("not_undoable"), the mail is out ("mail_is_out"), the stage is not
    in use any more ("retired") or the person has applied again ("other_live"); `StaleMove`.
    """
    current = load(application)
    require_other_person(by, current.candidate_id)
    last = (
        ApplicationTransition.objects.filter(application=current)
        .select_related("from_stage", "to_stage", "reason")
        .order_by("-number")
        .first()
    )
    is_move = last is not None and last.from_status == last.to_status
    if is_move and _was_approved(current, number, by):
        require_may(by, Capability.APPROVE, current.job)
    else:
        require_may(by, Capability.MOVE if is_move else Capability.DECIDE, current.job)
    code = why_not_undone(
        last, current, number=number, by=by, now=now, heard_for=None if in_time else UNDO_HEARD_FOR
    )
    if last is None or last.from_stage is None or code:
        raise MoveRefused(code or "not_undoable", _refusal(code, current))
    if last.from_stage.retired_at is not None:
        raise MoveRefused(
            "retired", _("The stage “%s” is not in use any more. Choose another.") % last.from_stage.name
        )
    if last.to_status in ApplicationStatus.final and last.from_status in ApplicationStatus.live:
        refuse_beside_another_live(current)
    StageAction.objects.filter(
        application=current, transition_number=last.number, state=StageActionState.WAITING
    ).update(state=StageActionState.CANCELLED, code="undone", finished_at=now)
    undone = write_change(
        current,
        _changes(current, last, last.from_stage),
        by=by,
        now=now,
        cause=TransitionCause.UNDONE,
        comment="",
        event="application.undone",
        reason=_reason(current, last),
        undoes=last,
    )
    bring_back_actions(last)
    ask_again(last, by=by, now=now)
    if last.to_status == ApplicationStatus.REJECTED:
        cancel_rejection_mail(application=undone, by=by, now=now)
        if rejection_mail_is_out(undone, number=last.number):
            # A worker took it up at this very moment: nothing is undone.
            raise MoveRefused("mail_is_out", _refusal("mail_is_out", current))
    if last.from_status == ApplicationStatus.REJECTED:
        uncancel_rejection_mail(application=undone, cancelled_at=last.at, by=by, now=now)
    return undone


def _was_approved(application: Application, number: int, by: Actor) -> bool:
    """Whether that transition was made by approving it: whoever may do that need not be one who moves people. Asked of
    the one they mean, so that who presses twice is told that it is undone already.
    """
    if by.user is None:
        return False
    return Approval.objects.filter(
        application=application,
        transition_number=number,
        state=ApprovalState.APPROVED,
        decided_by=by.user,
    ).exists()


def _refusal(code: str, application: Application) -> str:
    words = {
        "not_last": _(
            "Something else happened to the application of %s since. Nothing was undone: look again."
        ),
        "too_late": _(
            "That can be undone for ten seconds only. Nothing was undone; put the application of %s back by hand."
        ),
        "mail_is_out": _(
            "The mail about it is out already. Nothing was undone; restore the application of %s and write to them."
        ),
    }
    other = _("That cannot be undone. Nothing was changed for %s.")
    return words.get(code, other) % application.candidate


def _changes(application: Application, last: ApplicationTransition, back_to: Stage) -> dict[str, Any]:
    """What the application becomes: as it was before `last`."""
    changes: dict[str, Any] = {"stage": back_to, "status": ApplicationStatus(last.from_status)}
    began = last.since if last.since is not None else _began_before_the_end(application, last)
    if began is not None:
        changes["stage_entered_at"] = began
    if last.from_stage_id != last.to_stage_id:
        changes["furthest_stage"] = _furthest_without(application, last)
    return changes


def _began_before_the_end(application: Application, last: ApplicationTransition) -> datetime | None:
    """Since when somebody stood at their stage whose application was restored by `last`."""
    ended = _ending(application, last)
    return ended.since if ended is not None else None


def _ending(application: Application, last: ApplicationTransition) -> ApplicationTransition | None:
    """The transition by which the application got the status that it had before `last`."""
    return (
        ApplicationTransition.objects.filter(
            application=application, to_status=last.from_status, number__lt=last.number, undone_by=None
        )
        .exclude(cause=TransitionCause.UNDONE)
        .select_related("reason")
        .order_by("-number")
        .first()
    )


def _reason(application: Application, last: ApplicationTransition) -> RejectionReason | None:
    """Why the application is rejected that is so again: a rejection always has its reason."""
    if last.from_status != ApplicationStatus.REJECTED:
        return None
    ended = _ending(application, last)
    return ended.reason if ended is not None else None


def _furthest_without(application: Application, last: ApplicationTransition) -> Stage:
    """The furthest stage that the application was at, as if `last` had not been."""
    been = (
        ApplicationTransition.objects.filter(application=application, undone_by=None)
        .exclude(pk=last.pk)
        .select_related("to_stage")
        .order_by("-to_stage__position", "-number")
    )
    return been[0].to_stage
