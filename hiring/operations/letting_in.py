"""What becomes of approvals when applications move: part of every transition, and of what ends a stage or a job."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Actor
from hiring.enums import ApplicationStatus, ApprovalState
from hiring.models import Application, ApplicationTransition, Approval, Stage
from hiring.operations.errors import MoveRefused
from hiring.operations.notifying import tell_decided
from hiring.queries.approvals import approvers, lets_in
from outbox.operations import EventDraft, record_events


def require_let_in(application: Application, stage: Stage, by: Actor) -> bool:
    """Return whether a move to `stage` is itself the approval that the stage needs; false where it needs none.

    Raises: `MoveRefused` ("needs_approval") for whoever may not approve.
    """
    if not stage.needs_approval:
        return False
    if lets_in(by, application):
        return True
    asked = (by.user.pk if by.user else None, application.referred_by_id)
    names = ", ".join(str(user) for user in approvers(application.job, by, without=asked)[:5])
    words = _("“%(stage)s” takes people with an approval only. Ask for it: %(names)s can give it.")
    raise MoveRefused(
        "needs_approval", words % {"stage": stage.name, "names": names or _("an administrator")}
    )


def settle_approvals(
    transitions: Sequence[ApplicationTransition], *, by: Actor, now: datetime, let_in: bool
) -> None:
    """Decide what waited of applications that moved or are over, in the transaction of that.

    With `let_in` each move is the approval of whoever moves: of what waited for that stage, unless they asked
    for it themselves, else a row of its own that was never asked for. Everything else that waited is withdrawn. One
    query where anybody left a stage; more only where something waited or was let in.
    Side effects: events, and whoever asked is told what was approved.
    """
    left = [
        row
        for row in transitions
        if row.from_stage_id not in (None, row.to_stage_id) or row.to_status in ApplicationStatus.final
    ]
    if not left:
        return
    rows = Approval.objects.filter(
        application__in=[row.application_id for row in left], state=ApprovalState.WAITING
    )
    waiting = {row.application_id: row for row in rows}
    events: list[EventDraft] = []
    unasked: list[Approval] = []
    for move in left:
        asked = waiting.get(move.application_id)
        is_own = asked is not None and by.user is not None and asked.asked_by_id == by.user.pk
        is_given = let_in and asked is not None and asked.stage_id == move.to_stage_id and not is_own
        if asked is not None:
            state = ApprovalState.APPROVED if is_given else ApprovalState.WITHDRAWN
            is_given = end(asked, state, by=by, now=now, number=move.number) and is_given
            asked.application = move.application
            events.append(approval_event(asked, state))
            if is_given:
                tell_decided(asked, by=by, now=now)
        if let_in and not is_given:
            unasked.append(_unasked(move, by=by, now=now))
    Approval.objects.bulk_create(unasked, batch_size=500)
    events += [approval_event(row, ApprovalState.APPROVED) for row in unasked]
    if events:
        record_events(drafts=events, by=by, now=now)


def _unasked(move: ApplicationTransition, *, by: Actor, now: datetime) -> Approval:
    return Approval(
        application=move.application,
        stage_id=move.to_stage_id,
        state=ApprovalState.APPROVED,
        decided_by=by.user,
        decided_at=now,
        transition_number=move.number,
    )


def end(
    approval: Approval,
    state: ApprovalState,
    *,
    by: Actor,
    now: datetime,
    number: int | None = None,
    comment: str = "",
) -> bool:
    """Compare-and-set on what waits: whoever comes second changes nothing. Return whether this was the first."""
    changes = {"state": state, "decided_by": by.user, "decided_at": now, "transition_number": number}
    waiting = Approval.objects.filter(pk=approval.pk, state=ApprovalState.WAITING)
    return waiting.update(**changes, comment=comment) == 1


def approval_event(approval: Approval, state: ApprovalState) -> EventDraft:
    """Return the event that tells of a step of an approval; it holds nothing of what was written."""
    words = {ApprovalState.WAITING: "asked", ApprovalState.WITHDRAWN: "withdrawn"}
    return EventDraft(
        kind=f"application.approval_{words.get(state, state.value)}",
        person_ref=approval.application.candidate.public_id,
        about=Application._meta.label_lower,
        about_id=approval.application_id,
        data={"stage": approval.stage_id},
    )


def withdraw_waiting(approvals: QuerySet[Approval], *, by: Actor, now: datetime) -> None:
    """Withdraw those of `approvals` that wait, where their stage, their job or their person is there no more.

    One query, and two statements where any waits.
    """
    waiting = list(approvals.filter(state=ApprovalState.WAITING).select_related("application__candidate"))
    ended = [row for row in waiting if end(row, ApprovalState.WITHDRAWN, by=by, now=now)]
    if ended:
        drafts = [approval_event(row, ApprovalState.WITHDRAWN) for row in ended]
        record_events(drafts=drafts, by=by, now=now)


def ask_again(undone: ApplicationTransition, *, by: Actor, now: datetime) -> None:
    """Let wait again what a transition decided or ended that is undone: a new row, as it was asked for.

    One query, in the transaction that undoes it.
    """
    before = (
        Approval.objects.filter(
            application=undone.application_id,
            transition_number=undone.number,
            asked_at__isnull=False,
            stage__retired_at=None,
            state__in=(ApprovalState.APPROVED, ApprovalState.WITHDRAWN),
        )
        .select_related("application__candidate")
        .first()
    )
    if before is None:
        return
    again = Approval.objects.create(
        application=before.application,
        stage_id=before.stage_id,
        asked_by_id=before.asked_by_id,
        asked_at=before.asked_at,
        note=before.note,
    )
    record_events(drafts=[approval_event(again, ApprovalState.WAITING)], by=by, now=now)
