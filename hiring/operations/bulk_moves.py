"""Moving a selection to another stage, as long work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Actor
from hiring.enums import ApplicationStatus, Capability
from hiring.models import Application, Approval, Job, Stage
from hiring.operations.access import own_candidate_ids, require_may
from hiring.operations.approving import ask_approval, checked_approval_text
from hiring.operations.bulk_inviting import CHUNK, frozen_ids
from hiring.operations.errors import MoveRefused, StaleMove
from hiring.operations.moves_many import SeenApplication, move_many
from hiring.operations.notifying import tell_asked
from hiring.operations.results import Tally, skip_rows
from hiring.queries.approvals import whom_one_lets_in
from hiring.queries.selections import Skip, selected
from hiring.rules import settled_at
from outbox.models import Work
from outbox.operations import give_way, queue_work
from outbox.registries import Report

MOVE = "hiring.move"


def queue_bulk_move(
    *,
    job: Job,
    seen: Sequence[tuple[int, int]],
    to_stage: Stage,
    intent: str,
    note: str = "",
    by: Actor,
    now: datetime,
) -> Work:
    """Ask for a selection to be moved to a stage of the job and return the work.

    Arguments: `seen` holds the id and the version of each application as the preview showed it; whoever was changed
    meanwhile is left out and named. `intent` comes from the form. `note` goes along with each approval that is asked
    for instead of a move.
    Raises: `PermissionDenied`; `ValidationError` keyed "applications" or "note"; `MoveRefused` for a stage of another
    job ("wrong_job") or one that is not in use ("retired").
    """
    require_may(by, Capability.MOVE, job)
    if to_stage.job_id != job.pk:
        raise MoveRefused(
            "wrong_job", _("“%s” is a stage of another job. Choose one of this job.") % to_stage.name
        )
    if to_stage.retired_at is not None:
        raise MoveRefused(
            "retired", _("The stage “%s” is not in use any more. Choose another.") % to_stage.name
        )
    versions = dict(seen)
    ids = frozen_ids([pk for pk, _version in seen])
    return queue_work(
        kind=MOVE,
        intent=f"{MOVE}:{intent}",
        arguments={
            "job": job.pk,
            "stage": to_stage.pk,
            "note": checked_approval_text(note, "note"),
            "applications": [[pk, versions[pk]] for pk in ids],
        },
        by=by,
        now=now,
        total=len(ids),
    )


def do_bulk_move(work: Work, actor: Actor, report: Report, *, now: datetime) -> dict[str, Any]:
    """Do the work of `queue_bulk_move`, in short transactions, and return its result.

    Doing it again goes on where it was: whoever stands at the stage already is done. Whom the actor may not let into
    a stage that needs an approval stays, and it is asked for; those who approve are told once, of all.
    """
    job = Job.objects.get(pk=work.arguments["job"])
    require_may(actor, Capability.MOVE, job)
    pairs: list[tuple[int, int]] = work.arguments["applications"]
    settled = settled_at(now, len(pairs))
    tally, own = Tally(), own_candidate_ids(actor)
    asking = _Asking(work.arguments["note"])
    stage = _stage_in_use(work.arguments["stage"], job)
    for start in range(0, len(pairs), CHUNK):
        if start:
            give_way()
        with transaction.atomic():
            stage = _stage_in_use(stage.pk, job)
            part = dict(pairs[start : start + CHUNK])
            _move_part(part, stage, tally, asking, own=own, settled=settled, by=actor, now=now)
        report(min(start + CHUNK, len(pairs)), len(pairs))
    # What somebody else had asked for before was told then.
    asked = asking.rows
    by_this = [row for row in asked if row.asked_at is not None and row.asked_at >= work.created_at]
    tell_asked(by_this, by=actor, now=now)
    summary = ngettext(
        "%(count)d person is at “%(stage)s” now.", "%(count)d people are at “%(stage)s” now.", tally.done
    )
    return {
        "summary": summary % {"count": tally.done, "stage": stage.name},
        "counts": [
            [_("Moved"), tally.done],
            *([[_("Asked for approval"), len(asked)]] if asked else []),
            *tally.counts(),
        ],
        "moved": tally.done,
        "asked": len(asked),
        "undoable": tally.changed,
        **skip_rows(tally.skipped),
    }


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is said to those who approve, and what was asked of them so far."""

    note: str
    rows: list[Approval] = field(default_factory=list)


def _stage_in_use(pk: int, job: Job) -> Stage:
    stage = Stage.objects.select_related("job").get(pk=pk, job=job)
    if stage.retired_at is not None:
        raise MoveRefused("retired", _("The stage “%s” is not in use any more. Choose another.") % stage.name)
    return stage


def _move_part(
    versions: Mapping[int, int],
    stage: Stage,
    tally: Tally,
    asking: _Asking,
    *,
    own: frozenset[int],
    settled: datetime,
    by: Actor,
    now: datetime,
) -> None:
    """Move some, and write down who stands at the stage by now, whom this work put there and who is left out."""
    found, skipped = selected(stage.job, versions, by)
    there: list[Application] = []
    away: list[Application] = []
    for row in found:
        code = _why_not_moved(row, stage, versions[row.pk], own=own)
        if code:
            skipped.append(Skip(row.pk, row, code))
        else:
            (there if row.stage_id == stage.pk else away).append(row)
    if stage.needs_approval:
        away, others = whom_one_lets_in(by, stage.job, away)
        for row in others:
            code = _ask(row, stage, asking, by=by, now=now)
            skipped += [Skip(row.pk, row, code)] if code else []
    moved = move_many(
        seen=[SeenApplication(row, row.version) for row in away],
        to_stage=stage,
        by=by,
        now=now,
        settled=settled,
    )
    fresh = {row.pk for row in moved}
    skipped += [Skip(row.pk, row, "changed") for row in away if row.pk not in fresh]
    done = [*there, *moved]
    tally.done += len(done)
    # Who stood there before anybody asked was not put there by this.
    tally.changed += [(row.pk, row.version) for row in done if row.version == versions[row.pk] + 1]
    tally.skipped += skipped


def _ask(application: Application, stage: Stage, asking: _Asking, *, by: Actor, now: datetime) -> str:
    """Ask for one to come to the stage; return why that was not done, as a code of `rules.SKIP_REASONS`."""
    try:
        asking.rows.append(
            ask_approval(
                application=application,
                to_stage=stage,
                seen_version=application.version,
                note=asking.note,
                by=by,
                now=now,
                tells=False,
            )
        )
    except StaleMove:
        return "changed"
    except MoveRefused as refusal:
        return "approval_waiting" if refusal.code == "approval_waiting" else "changed"
    return ""


def _why_not_moved(application: Application, stage: Stage, version: int, *, own: frozenset[int]) -> str:
    """Return why somebody is left out, as a code of `rules.SKIP_REASONS`; empty for who is moved or there already."""
    if application.candidate_id in own:
        return "own"
    if application.stage_id == stage.pk:
        return ""
    if application.version != version:
        return "changed"
    return "" if application.status in ApplicationStatus.live else "not_active"
