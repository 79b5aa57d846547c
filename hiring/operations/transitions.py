"""The one place where transitions are written, so that whatever follows from one follows from every one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import BigIntegerField, Case, F, OuterRef, Subquery, Value, When

from accounts.models import Actor
from assessments.models import Assessment
from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationTransition, Job, Stage
from hiring.operations.letting_in import settle_approvals
from hiring.operations.notifying import tell_of_new
from hiring.operations.stage_entry import ask_for_actions, drop_actions
from hiring.operations.stays import tell_stays
from outbox.operations import EventDraft, record_events


def write_transitions(
    *,
    transitions: Sequence[ApplicationTransition],
    events: Sequence[EventDraft],
    by: Actor,
    now: datetime,
    entry_actions: bool = True,
    sent: Assessment | None = None,
    settled: datetime | None = None,
    tells: bool = True,
    let_in: bool = False,
) -> None:
    """Write transitions and the events that tell of them, in the transaction of the change that they tell of.

    A statement for each 500 of either. What else a transition asks for is asked for here: what the stages that are
    entered say, unless `entry_actions` is false, and that colleagues hear of who is new. `sent` is the test that
    whoever moved them invites them to themselves; `settled`, when this can be taken back no more, if that is later than
    for one alone. Whoever writes very many in parts `tells` of them at the end, once. With `let_in` the moves are the
    approval that their stage needs; whatever else waits for an approval of those who left their stage is withdrawn.
    """
    tell_stays(transitions)
    ApplicationTransition.objects.bulk_create(transitions, batch_size=500)
    record_events(drafts=events, by=by, now=now)
    drop_actions(transitions, now=now)
    settle_approvals(transitions, by=by, now=now, let_in=let_in)
    if entry_actions:
        ask_for_actions(transitions, now=now, sent=sent, settled=settled)
    if tells:
        tell_of_new(transitions, by=by, now=now)


def since(application: Application) -> datetime | None:
    """Return the `since` of the next transition of an application; None when it is over and stands nowhere."""
    return application.stage_entered_at if application.status in ApplicationStatus.live else None


def furthest_with(to_stage: Stage) -> Case:
    """Return what `furthest_stage` becomes in an update that moves applications of one job to `to_stage`."""
    not_further = Stage.objects.filter(job=to_stage.job_id, position__lte=to_stage.position)
    return Case(
        When(furthest_stage__in=not_further.values("pk"), then=Value(to_stage.pk)),
        default=F("furthest_stage"),
        output_field=BigIntegerField(),
    )


def renew_furthest(job: Job) -> None:
    """Work out the furthest stage of every application of a job again, after its stages changed places. One
    statement. What was undone never was.
    """
    reached = ApplicationTransition.objects.filter(application=OuterRef("pk"), undone_by=None).order_by(
        "-to_stage__position", "-number"
    )
    Application.objects.filter(job=job).update(furthest_stage=Subquery(reached.values("to_stage")[:1]))
