"""The two doors of an application for many at once: the same compare-and-set, the same transitions and events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.models import Assessment
from hiring.enums import ApplicationStatus, TransitionCause
from hiring.models import Application, ApplicationTransition, RejectionReason, Stage
from hiring.operations.errors import MoveRefused
from hiring.operations.moves import check_reason, checked_comment, event_of
from hiring.operations.transitions import furthest_with, since, write_transitions
from hiring.queries.approvals import whom_one_lets_in


@dataclass(frozen=True, slots=True)
class SeenApplication:
    """An application and the version that somebody decided upon."""

    application: Application
    version: int


@transaction.atomic
def reject_many(
    *, seen: Sequence[SeenApplication], reason: RejectionReason, comment: str, by: Actor, now: datetime
) -> list[Application]:
    """Reject applications of one job that are still live and as they were seen; return those that were rejected.

    The same door for many: one compare-and-set each, the transitions and events together. Whoever calls has checked the
    rights for the job and that nobody decides about themselves, and says to a person who was left out.
    Raises: `ValidationError` keyed "reason" or "comment".
    """
    check_reason(ApplicationStatus.REJECTED, reason)
    return _write_many(
        seen,
        {"status": ApplicationStatus.REJECTED},
        by=by,
        now=now,
        event="application.rejected",
        reason=reason,
        comment=checked_comment(comment),
    )


@transaction.atomic
def move_many(
    *,
    seen: Sequence[SeenApplication],
    to_stage: Stage,
    by: Actor,
    now: datetime,
    cause: TransitionCause = TransitionCause.PERSON,
    sent: Assessment | None = None,
    settled: datetime | None = None,
) -> list[Application]:
    """Put applications at another stage of their job; return those that are there now.

    As `reject_many` for whoever calls; `to_stage` is in use and of the same job. `sent` is the test that they are
    invited to with the move: the stage does not send it once more. What the stage does waits until `settled`, where
    this can be taken back for longer than a move of one.
    The move to a stage that needs an approval is that of `by`: whom they may not let in stays where they are. Raises
    `MoveRefused` ("needs_approval") where that is everybody.
    """
    there = [item.application for item in seen if item.application.stage_id == to_stage.pk]
    away = [item for item in seen if item.application.stage_id != to_stage.pk]
    if to_stage.needs_approval and away:
        let_in, others = whom_one_lets_in(by, to_stage.job, [item.application for item in away])
        if others and not let_in:
            words = _("“%s” takes people with an approval only. Ask for it first.")
            raise MoveRefused("needs_approval", words % to_stage.name)
        taken = {row.pk for row in let_in}
        away = [item for item in away if item.application.pk in taken]
    changes = {"stage": to_stage, "stage_entered_at": now}
    derived = {"furthest_stage": furthest_with(to_stage)}
    return [
        *there,
        *_write_many(
            away,
            changes,
            by=by,
            now=now,
            event="application.moved",
            derived=derived,
            cause=cause,
            sent=sent,
            settled=settled,
            let_in=to_stage.needs_approval,
        ),
    ]


def _write_many(
    seen: Sequence[SeenApplication],
    changes: dict[str, Any],
    *,
    by: Actor,
    now: datetime,
    event: str,
    reason: RejectionReason | None = None,
    comment: str = "",
    derived: Mapping[str, Any] | None = None,
    cause: TransitionCause = TransitionCause.PERSON,
    sent: Assessment | None = None,
    settled: datetime | None = None,
    let_in: bool = False,
) -> list[Application]:
    """Compare-and-set on the version of each, then the transitions and the events of those that were as seen.

    `derived` is what the database works out with the change; the rows at hand keep what they were loaded with.
    """
    transitions: list[ApplicationTransition] = []
    changed = _change_many(seen, {**changes, **(derived or {})})
    for item in (item for item in seen if item.application.pk in changed):
        application, before = item.application, item.application.stage_id
        transition = ApplicationTransition(
            application=application,
            number=item.version + 1,
            from_stage_id=before,
            from_status=application.status,
            cause=cause,
            reason=reason,
            comment=comment,
            by=by.user,
            at=now,
            since=since(application),
        )
        for name, value in changes.items():
            setattr(application, name, value)
        application.version = item.version + 1
        transition.to_stage_id, transition.to_status = application.stage_id, application.status
        transitions.append(transition)
    write_transitions(
        transitions=transitions,
        events=[event_of(event, transition, transition.application) for transition in transitions],
        by=by,
        now=now,
        sent=sent,
        settled=settled,
        let_in=let_in,
    )
    return [transition.application for transition in transitions]


def _change_many(seen: Sequence[SeenApplication], changes: dict[str, Any]) -> set[int]:
    """Change those that are live and as they were seen and return their ids.

    One statement for all that were seen at the same version. Only when somebody was changed meanwhile are they taken
    one by one, because the database does not say which row it was.
    """
    versions: dict[int, list[int]] = defaultdict(list)
    for item in seen:
        versions[item.version].append(item.application.pk)
    changed: set[int] = set()
    for version, ids in versions.items():
        changed |= set(ids) if _all_changed(ids, version, changes) else _changed_singly(ids, version, changes)
    return changed


def _all_changed(ids: Sequence[int], version: int, changes: dict[str, Any]) -> bool:
    with transaction.atomic():
        count = _as_seen(ids, version).update(**changes, version=version + 1)
        if count != len(ids):
            transaction.set_rollback(True)
    return count == len(ids)


def _changed_singly(ids: Sequence[int], version: int, changes: dict[str, Any]) -> set[int]:
    return {pk for pk in ids if _as_seen([pk], version).update(**changes, version=version + 1)}


def _as_seen(ids: Sequence[int], version: int) -> QuerySet[Application]:
    return Application.objects.filter(pk__in=ids, version=version, status__in=ApplicationStatus.live)
