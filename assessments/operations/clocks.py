"""The clocks of running attempts: time given, a pause for an outage, going on after it; for one attempt or for many."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments.enums import AdjustmentKind, AttemptEventKind, AttemptState
from assessments.models import Attempt, AttemptEvent, AttemptSection, TimeAdjustment
from assessments.operations.history import AttemptClosed, candidate_actor, record_attempts
from assessments.rules import check_after, deadline_for

LONGEST_ADJUSTMENT = 24 * 3600


def add_time(*, attempt: Attempt, seconds: int, reason: str, by: Actor, now: datetime) -> Attempt:
    """Give (or take, when negative) time in a running attempt; the open page learns it from its next sign of life.

    The part or the question that is open gets it too, where it has a limit of its own. Taking time moves the end of
    the test alone: a question that was reached since must not lose what it never was given.
    Raises `ValidationError` keyed by field for no time at all, more than a day, no reason or a deadline in the past,
    and `AttemptClosed` when the attempt is over.
    """
    _check_seconds(seconds)
    check_reason(reason)
    with transaction.atomic():
        held = _hold([attempt.pk])
        if not held:
            raise AttemptClosed
        if not _with_time_left(held, seconds, now=now):
            raise ValidationError({"seconds": _("The test would be over all the same. Choose another time.")})
        _give(held, seconds, reason, by=by, now=now)
    return held[0]


def add_time_to_all(
    *, attempt_ids: Collection[int], seconds: int, reason: str, by: Actor, now: datetime
) -> int:
    """Give time to every one of these attempts that runs, and return how many got it. A fixed number of statements.

    Those that are over, or would be over all the same, are passed over.
    Raises `ValidationError` as `add_time` does.
    """
    _check_seconds(seconds)
    check_reason(reason)
    with transaction.atomic():
        held = _with_time_left(_hold(attempt_ids), seconds, now=now)
        _give(held, seconds, reason, by=by, now=now)
    return len(held)


def pause_attempt(*, attempt: Attempt, reason: str, by: Actor, now: datetime) -> Attempt:
    """Stop the clock of a running attempt, for an outage; doing it twice keeps the first moment.

    Answers under way are still taken; the pages say that the clock stands still and show no question.
    Raises `ValidationError` without a reason and `AttemptClosed` when the attempt is over.
    """
    check_reason(reason)
    with transaction.atomic():
        held = _hold([attempt.pk])
        if not held or not held[0].is_open(now=now):
            raise AttemptClosed
        _pause([one for one in held if one.paused_at is None], reason, by=by, now=now)
    return held[0]


def pause_all(*, attempt_ids: Collection[int], reason: str, by: Actor, now: datetime) -> int:
    """Stop the clock of every one of these attempts that runs, at one moment, and return of how many.

    Raises `ValidationError` without a reason.
    """
    check_reason(reason)
    with transaction.atomic():
        running = [one for one in _hold(attempt_ids) if one.paused_at is None and one.is_open(now=now)]
        _pause(running, reason, by=by, now=now)
    return len(running)


def resume_attempt(*, attempt: Attempt, reason: str, by: Actor, now: datetime) -> Attempt:
    """Let a paused attempt go on with as much time as it had; one that runs is returned as it is.

    Raises `AttemptClosed` when the attempt is over.
    """
    check_reason(reason)
    with transaction.atomic():
        held = _hold([attempt.pk])
        if not held:
            raise AttemptClosed
        _resume([one for one in held if one.paused_at is not None], reason, by=by, now=now)
    return held[0]


def resume_all(*, attempt_ids: Collection[int], reason: str, by: Actor, now: datetime) -> int:
    """Let every one of these attempts that is paused go on, and return how many do."""
    check_reason(reason)
    with transaction.atomic():
        paused = [one for one in _hold(attempt_ids) if one.paused_at is not None]
        _resume(paused, reason, by=by, now=now)
    return len(paused)


def end_pause(*, attempt_id: int, now: datetime) -> None:
    """Let the clock of an attempt go on that is handed in during a pause; one that runs, or is over, stays as it is.

    In the caller's transaction, which keeps the row.
    """
    for one in _hold([attempt_id]):
        if one.paused_at is not None:
            _resume([one], "", by=candidate_actor(one.invitation), now=now)


def move_deadlines(
    attempts: Sequence[Attempt],
    seconds: Mapping[int, int],
    kind: AdjustmentKind,
    reason: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Write an adjustment of so many `seconds` for each attempt and compute its deadlines anew.

    The caller holds the rows, in its transaction; the instances are brought up to date.
    """
    deadlines = _deadlines(attempts, seconds)
    _write(attempts, seconds, kind, reason, by=by, now=now)
    for one in attempts:
        one.deadline_at = deadlines[one.pk]
        one.next_check_at = None if one.paused_at is not None else check_after(one.deadline_at)
        if one.window_deadline_at is not None and seconds[one.pk] > 0:
            one.window_deadline_at += timedelta(seconds=seconds[one.pk])
    fields = ["deadline_at", "next_check_at", "window_deadline_at", "paused_at"]
    Attempt.objects.bulk_update(attempts, fields, batch_size=200)
    _move_parts({one.pk: one for one in attempts if one.has_parts}, seconds)


def check_reason(reason: str) -> None:
    """Refuse a reason that is missing or does not fit into its column."""
    if not reason.strip() or len(reason) > 300:
        raise ValidationError({"reason": _("Say why, in at most 300 characters.")})


def _hold(attempt_ids: Collection[int]) -> list[Attempt]:
    """Read those of the attempts that are in progress and keep everybody else from them until the commit.

    PostgreSQL locks the rows, in one order, so that two colleagues never wait for each other; on SQLite the
    transaction itself shuts others out.
    """
    rows = Attempt.objects.select_for_update(of=("self",)).select_related(
        "invitation__version", "invitation__candidate"
    )
    return list(rows.filter(pk__in=attempt_ids, state=AttemptState.IN_PROGRESS).order_by("pk"))


def _with_time_left(attempts: Sequence[Attempt], seconds: int, *, now: datetime) -> list[Attempt]:
    deadlines = _deadlines(attempts, {one.pk: seconds for one in attempts})
    # A clock that was set back may stand before the start.
    return [one for one in attempts if deadlines[one.pk] > max(one.clock(now=now), one.started_at)]


def _give(attempts: Sequence[Attempt], seconds: int, reason: str, *, by: Actor, now: datetime) -> None:
    each = {one.pk: seconds for one in attempts}
    move_deadlines(attempts, each, AdjustmentKind.GIVEN, reason, by=by, now=now)
    record_attempts("attempt.time_added", attempts, by=by, now=now, data={"seconds": seconds})


def _pause(attempts: Sequence[Attempt], reason: str, *, by: Actor, now: datetime) -> None:
    for one in attempts:
        one.paused_at, one.next_check_at = now, None
    Attempt.objects.filter(pk__in=[one.pk for one in attempts]).update(paused_at=now, next_check_at=None)
    # The reason lies with the time that the pause will have cost, where erasure finds it.
    _write(attempts, {one.pk: 0 for one in attempts}, AdjustmentKind.PAUSE, reason, by=by, now=now)
    _note(attempts, AttemptEventKind.PAUSED, {}, now=now)
    record_attempts("attempt.paused", attempts, by=by, now=now)


def _resume(attempts: Sequence[Attempt], reason: str, *, by: Actor, now: datetime) -> None:
    seconds: dict[int, int] = {}
    for one in attempts:
        # A clock that was set back meanwhile takes nothing away.
        seconds[one.pk] = max(0, ceil((now - (one.paused_at or now)).total_seconds()))
        one.paused_at = None
    move_deadlines(attempts, seconds, AdjustmentKind.PAUSE, reason, by=by, now=now)
    _note(attempts, AttemptEventKind.RESUMED, seconds, now=now)
    record_attempts("attempt.resumed", attempts, by=by, now=now)


def _write(
    attempts: Sequence[Attempt],
    seconds: Mapping[int, int],
    kind: AdjustmentKind,
    reason: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    TimeAdjustment.objects.bulk_create(
        TimeAdjustment(
            attempt=one, kind=kind, seconds=seconds[one.pk], reason=reason.strip(), by=by.user, at=now
        )
        for one in attempts
    )


def _note(
    attempts: Sequence[Attempt], kind: AttemptEventKind, seconds: Mapping[int, int], *, now: datetime
) -> None:
    def data(one: Attempt) -> dict[str, Any]:
        return {"seconds": seconds[one.pk]} if seconds else {}

    AttemptEvent.objects.bulk_create(
        AttemptEvent(attempt=one, kind=kind, at=now, data=data(one)) for one in attempts
    )


def _deadlines(attempts: Sequence[Attempt], seconds: Mapping[int, int]) -> dict[int, datetime]:
    """Return each attempt's deadline from its start, its limits, its adjustments and so many `seconds` more."""
    given = (
        TimeAdjustment.objects.filter(attempt__in=attempts)
        .order_by()
        .values("attempt_id")
        .annotate(total=Sum("seconds"))
    )
    totals = {row["attempt_id"]: row["total"] for row in given}
    return {
        one.pk: deadline_for(
            started_at=one.started_at,
            minutes=one.invitation.version.minutes,
            extra_seconds=one.invitation.extra_seconds,
            adjustments=[totals.get(one.pk, 0), seconds[one.pk]],
        )
        for one in attempts
    }


def _move_parts(attempts: Mapping[int, Attempt], seconds: Mapping[int, int]) -> None:
    """Give the part that is open of each attempt its share."""
    parts = [
        part
        for part in AttemptSection.objects.filter(attempt__in=attempts, deadline_at__isnull=False)
        if part.first <= attempts[part.attempt_id].open_from <= part.last and seconds[part.attempt_id] > 0
    ]
    for part in parts:
        if part.deadline_at is not None:
            part.deadline_at += timedelta(seconds=seconds[part.attempt_id])
    AttemptSection.objects.bulk_update(parts, ["deadline_at"], batch_size=200)


def _check_seconds(seconds: int) -> None:
    if not 0 < abs(seconds) <= LONGEST_ADJUSTMENT:
        raise ValidationError({"seconds": _("Give between one second and one day.")})
