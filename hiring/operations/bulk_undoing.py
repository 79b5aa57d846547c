"""Taking back what a piece of long work did with many people: for some seconds, by whoever asked for it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from hiring.enums import Capability, StageActionState
from hiring.models import Application, ApplicationTransition, Job, StageAction
from hiring.operations.access import require_may
from hiring.operations.bulk import REJECT
from hiring.operations.bulk_moves import MOVE
from hiring.operations.bulk_statuses import STATUS
from hiring.operations.errors import MoveRefused, StaleMove
from hiring.operations.results import Tally, skip_rows
from hiring.operations.undoing import undo_last
from hiring.queries.selections import Skip, selected
from hiring.registries import REJECTION
from hiring.rules import UNDO_HEARD_FOR, UNDO_WAITS, rejection_intent
from outbox.enums import WorkState
from outbox.models import Message, Work
from outbox.operations import Pace, put_off, queue_work
from outbox.queries import asked_work
from outbox.registries import Report

UNDO = "hiring.undo"
UNDOABLE = (MOVE, REJECT, STATUS)
_REPORT_EVERY = 25
_CHUNK = 500
# What `undo_last` says, as a code of `rules.SKIP_REASONS`; anything else happened since.
_CODES = {"mail_is_out": "mail_is_out", "retired": "retired", "other_live": "other_live"}


def queue_bulk_undo(*, work: Work, by: Actor, now: datetime) -> Work:
    """Ask for what `work` did to be taken back and return the work that does it: one, however often it is asked for.

    The ids of those whom `work` changed are frozen, with the number of the transition of each: whoever was changed
    since is left as they are and named. The limits are those of `undo_last`, the seconds count from the end of `work`.
    Side effects: mail and whatever else the decisions asked for waits until this is done.
    Raises: `PermissionDenied`; `MoveRefused` when it is too late ("too_late") or nothing can be undone
    ("not_undoable").
    """
    if by.user is None or work.created_by_id != by.user.pk:
        raise PermissionDenied(_("Only who asked for it can undo it."))
    before = asked_work(UNDO, work.public_id)
    if before is not None:
        return before
    changed: list[list[int]] = work.result.get("undoable", [])
    if work.kind not in UNDOABLE or work.state != WorkState.DONE or work.finished_at is None or not changed:
        raise MoveRefused("not_undoable", _("There is nothing to undo here."))
    if now > work.finished_at + UNDO_HEARD_FOR:
        raise MoveRefused(
            "too_late",
            _("That can be undone for ten seconds only. Nothing was undone; put the people back by hand."),
        )
    job = Job.objects.get(pk=work.arguments["job"])
    needs = Capability.MOVE if work.kind == MOVE else Capability.DECIDE
    require_may(by, needs, job)
    _hold_back(changed, until=now + UNDO_WAITS)
    return queue_work(
        kind=UNDO,
        intent=f"{UNDO}:{work.public_id}",
        arguments={"job": job.pk, "needs": needs.value, "applications": changed},
        by=by,
        now=now,
        total=len(changed),
    )


def _hold_back(changed: list[list[int]], *, until: datetime) -> None:
    """Let what the decisions asked for wait. Two statements for each 500."""
    for start in range(0, len(changed), _CHUNK):
        part = changed[start : start + _CHUNK]
        intents = [rejection_intent(pk, number) for pk, number in part]
        put_off(Message.objects.filter(intent__in=intents, kind=REJECTION), until=until)
        StageAction.objects.filter(
            application__in=[pk for pk, _number in part],
            transition_number__in={number for _pk, number in part},
            state=StageActionState.WAITING,
            due_at__lt=until,
        ).update(due_at=until)


def do_bulk_undo(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_bulk_undo`, each application in a transaction of its own, and return its result.

    Doing it again goes on where it was: whose newest transition undoes the frozen one is done.
    """
    job = Job.objects.get(pk=work.arguments["job"])
    require_may(actor, Capability(work.arguments["needs"]), job)
    numbers: dict[int, int] = dict(work.arguments["applications"])
    found, skipped = selected(job, numbers, actor)
    tally, pace = Tally(skipped=list(skipped)), Pace()
    for count, application in enumerate(found, start=1):
        pace()
        code = _undo(application, numbers[application.pk], by=actor, now=now)
        if code:
            tally.skipped.append(Skip(application.pk, application, code))
        else:
            tally.done += 1
        if count % _REPORT_EVERY == 0:
            report(count, len(numbers))
    report(len(numbers), len(numbers))
    summary = ngettext(
        "%(count)d person is where they were before.",
        "%(count)d people are where they were before.",
        tally.done,
    )
    return {
        "summary": summary % {"count": tally.done},
        "counts": [[_("Undone"), tally.done], *tally.counts()],
        "undone": tally.done,
        **skip_rows(tally.skipped),
    }


def _undo(application: Application, number: int, *, by: Actor, now: datetime) -> str:
    """Undo one; return why not, as a code of `rules.SKIP_REASONS`."""
    if application.version == number + 1 and _was_undone(application, number):
        return ""
    try:
        undo_last(application=application, number=number, by=by, now=now, in_time=True)
    except StaleMove:
        return "changed"
    except MoveRefused as refusal:
        return _CODES.get(refusal.code, "changed")
    except PermissionDenied:
        # The rights for the job were asked before, so this is the one thing left: somebody deciding about themselves.
        return "own"
    return ""


def _was_undone(application: Application, number: int) -> bool:
    undoing = ApplicationTransition.objects.filter(application=application, number=number + 1)
    return undoing.filter(undoes__number=number).exists()
