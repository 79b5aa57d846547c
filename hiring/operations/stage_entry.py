"""Asking for what a stage does with whoever enters it. A worker does it: see `stage_actions`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from assessments.models import Assessment
from hiring.enums import ApplicationStatus, StageActionKind, StageActionState, TransitionCause
from hiring.models import ApplicationTransition, Stage, StageAction
from hiring.rules import ENTRY_CAUSES, settled_at
from outbox.operations import nudge

LOOK: Final = "hiring.do_stage_actions"
_BATCH = 500


def ask_for_actions(
    transitions: Sequence[ApplicationTransition],
    *,
    now: datetime,
    sent: Assessment | None = None,
    settled: datetime | None = None,
) -> None:
    """Write down what the stages that were entered ask for. One query, and a statement for each 500 where any asks.

    What a colleague's move asks for waits until they can take it back no more: until `settled`, where long work moves
    many. `sent` is the test that they are invited to with the move: that a stage sends it is done by this.
    Side effects: a worker is asked to look, where something is due now.
    """
    entered = [
        row for row in transitions if row.cause in ENTRY_CAUSES and row.from_stage_id != row.to_stage_id
    ]
    if not entered:
        return
    asking = Stage.objects.filter(pk__in={row.to_stage_id for row in entered})
    stages = asking.exclude(sends_test=False, entry_mail=None, entry_interviews=[]).in_bulk()
    actions = [
        action
        for row in entered
        if row.to_stage_id in stages
        for action in _asked(
            stages[row.to_stage_id], row, now=now, sent=sent, settled=settled or settled_at(now)
        )
    ]
    StageAction.objects.bulk_create(actions, batch_size=_BATCH, ignore_conflicts=True)
    if any(action.due_at <= now for action in actions):
        nudge(LOOK)


def _asked(
    stage: Stage,
    row: ApplicationTransition,
    *,
    now: datetime,
    sent: Assessment | None,
    settled: datetime,
) -> Iterator[StageAction]:
    soon = settled if row.cause == TransitionCause.PERSON else now

    def action(kind: StageActionKind, *, due_at: datetime = soon, item: str = "") -> StageAction:
        return StageAction(
            application_id=row.application_id,
            stage=stage,
            transition_number=row.number,
            kind=kind,
            item=item,
            created_at=now,
            due_at=due_at,
        )

    if stage.sends_test:
        asked = action(StageActionKind.TEST)
        if sent is not None and stage.assessment_id == sent.pk:
            asked.state, asked.code, asked.finished_at = StageActionState.DONE, "by_hand", now
        yield asked
    if stage.entry_mail_id is not None:
        yield action(StageActionKind.MAIL, due_at=soon + timedelta(days=stage.entry_mail_days))
    for title in stage.entry_interviews:
        yield action(StageActionKind.INTERVIEW, item=title)


def drop_actions(transitions: Sequence[ApplicationTransition], *, now: datetime) -> None:
    """Cancel what still waits of stages that were left and of applications that are over. At most three statements.

    What waits while somebody is on hold goes on waiting: they may go on before it is due.
    """
    left = [row for row in transitions if row.from_stage_id not in (None, row.to_stage_id)]
    back = [row for row in left if row.cause == TransitionCause.UNDONE]
    over = [row for row in transitions if row.to_status in ApplicationStatus.final]
    for rows, code in ((over, "not_active"), (back, "undone"), (left, "moved_on")):
        if rows:
            waiting = StageAction.objects.filter(
                application__in=[row.application_id for row in rows], state=StageActionState.WAITING
            )
            waiting.update(state=StageActionState.CANCELLED, code=code, finished_at=now, lease_until=None)


def bring_back_actions(undone: ApplicationTransition) -> None:
    """Let wait again what a transition cancelled that is undone, and nothing else: what was done or cancelled before
    stays so. One statement, in the transaction that undoes it.

    Side effects: a worker is asked to look, where there is any.
    """
    cancelled = StageAction.objects.filter(
        application=undone.application_id,
        transition_number__lt=undone.number,
        state=StageActionState.CANCELLED,
        code__in=("moved_on", "not_active"),
        finished_at=undone.at,
    )
    if cancelled.update(state=StageActionState.WAITING, code="", finished_at=None, lease_until=None):
        nudge(LOOK)
