"""What colleagues do to an attempt: give time, pause it, let it go on, reopen it, declare it void."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments import queries, signals
from assessments.enums import AdjustmentKind, AttemptEventKind, AttemptState
from assessments.models import Attempt, AttemptEvent, AttemptSection, TimeAdjustment
from assessments.operations.history import AttemptClosed, record_attempt
from assessments.rules import check_after, deadline_for, last_good_deadline

LONGEST_ADJUSTMENT = 24 * 3600


def add_time(*, attempt: Attempt, seconds: int, reason: str, by: Actor, now: datetime) -> Attempt:
    """Give (or take, when negative) time in a running attempt; the open page learns it with its next save.

    The part or the question that is open gets it too, where it has a limit of its own.
    Raises `ValidationError` keyed by field for no time at all, more than a day or a deadline in the past, and
    `AttemptClosed` when the attempt is over.
    """
    if not 0 < abs(seconds) <= LONGEST_ADJUSTMENT:
        raise ValidationError({"seconds": _("Give between one second and one day.")})
    _check_reason(reason, required=False)
    with transaction.atomic():
        # Holds the row until the end: two colleagues who add time at once both count.
        if not Attempt.objects.filter(pk=attempt.pk, state=AttemptState.IN_PROGRESS).update(state=F("state")):
            raise AttemptClosed
        current = _adjust(attempt, AdjustmentKind.GIVEN, seconds, reason, by=by, now=now)
        if seconds < 0 and current.deadline_at <= now:
            raise ValidationError({"seconds": _("This would end the test in the past. Take less time.")})
        record_attempt(
            "attempt.time_added", current, current.invitation, by=by, now=now, data={"seconds": seconds}
        )
    return current


def pause_attempt(*, attempt: Attempt, reason: str, by: Actor, now: datetime) -> Attempt:
    """Stop the clock of a running attempt, for an outage; doing it twice keeps the first moment.

    Answers under way are still taken; the pages say that the clock stands still and show no question.
    Raises `ValidationError` without a reason and `AttemptClosed` when the attempt is over.
    """
    _check_reason(reason, required=True)
    with transaction.atomic():
        changed = Attempt.objects.filter(
            pk=attempt.pk,
            state=AttemptState.IN_PROGRESS,
            paused_at=None,
            deadline_at__gte=last_good_deadline(now),
        ).update(paused_at=now, next_check_at=None)
        current = _reload(attempt)
        if not current.is_open(now=now):
            raise AttemptClosed
        if changed:
            AttemptEvent.objects.create(attempt=current, kind=AttemptEventKind.PAUSED, at=now)
            # The reason is written with the time that the pause will have cost, where erasure finds it.
            TimeAdjustment.objects.create(
                attempt=current,
                kind=AdjustmentKind.PAUSE,
                seconds=0,
                reason=reason.strip(),
                by=by.user,
                at=now,
            )
            record_attempt("attempt.paused", current, current.invitation, by=by, now=now)
    return current


def resume_attempt(*, attempt: Attempt, by: Actor, now: datetime) -> Attempt:
    """Let a paused attempt go on with as much time as it had; one that is not paused is returned as it is."""
    with transaction.atomic():
        paused_at = Attempt.objects.filter(pk=attempt.pk).values_list("paused_at", flat=True).get()
        if paused_at is None:
            return _reload(attempt)
        seconds = max(0, ceil((now - paused_at).total_seconds()))
        if not Attempt.objects.filter(pk=attempt.pk, paused_at=paused_at).update(paused_at=None):
            return _reload(attempt)
        current = _adjust(attempt, AdjustmentKind.PAUSE, seconds, "", by=by, now=now)
        AttemptEvent.objects.create(
            attempt=current, kind=AttemptEventKind.RESUMED, at=now, data={"seconds": seconds}
        )
        record_attempt(
            "attempt.resumed", current, current.invitation, by=by, now=now, data={"seconds": seconds}
        )
    return current


def reopen_attempt(*, attempt: Attempt, minutes: int, reason: str, by: Actor, now: datetime) -> Attempt:
    """Let somebody go on with a test that was handed in, for `minutes` from now. Twice changes nothing more.

    Its score stays to be read and is in force no more; what is handed in next is scored anew. In a test that is taken
    forward only the last place opens again, otherwise all of them.
    Raises `ValidationError` without a reason or for a time that makes no sense, `AttemptClosed` for an attempt that is
    void.
    """
    _check_reason(reason, required=True)
    if not 1 <= minutes <= LONGEST_ADJUSTMENT // 60:
        raise ValidationError({"minutes": _("Give between one minute and one day.")})
    with transaction.atomic():
        changed = Attempt.objects.filter(pk=attempt.pk, state=AttemptState.SUBMITTED).update(
            state=AttemptState.IN_PROGRESS,
            submitted_at=None,
            submitted_by="",
            score_due_at=None,
            current_score=None,
            sitting=F("sitting") + 1,
            window_deadline_at=None,
        )
        current = _reload(attempt)
        if not changed:
            if current.state == AttemptState.VOID:
                raise AttemptClosed
            return current
        _reopen_places(current)
        missing = ceil((now + timedelta(minutes=minutes) - current.deadline_at).total_seconds())
        current = _adjust(attempt, AdjustmentKind.REOPENED, missing, reason.strip(), by=by, now=now)
        AttemptEvent.objects.create(
            attempt=current, kind=AttemptEventKind.REOPENED, at=now, data={"minutes": minutes}
        )
        record_attempt(
            "attempt.reopened", current, current.invitation, by=by, now=now, data={"minutes": minutes}
        )
        _tell_without_score(current)
    return current


def void_attempt(*, attempt: Attempt, reason: str, by: Actor, now: datetime) -> Attempt:
    """Declare an attempt void; it counts for nothing any more and stays to be read. Doing it twice changes nothing.

    Sends `attempt_scored` without a score after commit, so that the pipeline can say why nothing happens.
    Raises `ValidationError` when no reason is given.
    """
    _check_reason(reason, required=True)
    with transaction.atomic():
        changed = (
            Attempt.objects.filter(pk=attempt.pk)
            .exclude(state=AttemptState.VOID)
            .update(
                state=AttemptState.VOID,
                void_reason=reason.strip(),
                paused_at=None,
                next_check_at=None,
                score_due_at=None,
            )
        )
        current = _reload(attempt)
        if changed:
            record_attempt("attempt.voided", current, current.invitation, by=by, now=now)
            _tell_without_score(current)
    return current


def _reopen_places(attempt: Attempt) -> None:
    last = queries.question_total(attempt.pk)
    open_from = last if attempt.has_parts else 1
    Attempt.objects.filter(pk=attempt.pk).update(open_from=open_from, open_to=last)
    AttemptSection.objects.filter(attempt=attempt, last=last).update(deadline_at=None)


def _adjust(
    attempt: Attempt, kind: AdjustmentKind, seconds: int, reason: str, *, by: Actor, now: datetime
) -> Attempt:
    """Write an adjustment and move every deadline of the attempt by it. The caller holds the attempt's row."""
    TimeAdjustment.objects.create(
        attempt=attempt, kind=kind, seconds=seconds, reason=reason, by=by.user, at=now
    )
    current = _reload(attempt)
    deadline = deadline_for(
        started_at=current.started_at,
        minutes=current.invitation.version.minutes,
        extra_seconds=current.invitation.extra_seconds,
        adjustments=current.adjustments.values_list("seconds", flat=True),
    )
    current.deadline_at = deadline
    current.next_check_at = None if current.paused_at is not None else check_after(deadline)
    if current.window_deadline_at is not None:
        current.window_deadline_at += timedelta(seconds=seconds)
    current.save(update_fields=["deadline_at", "next_check_at", "window_deadline_at"])
    if current.has_parts:
        AttemptSection.objects.filter(
            attempt=current, first__lte=current.open_from, last__gte=current.open_from
        ).update(deadline_at=F("deadline_at") + timedelta(seconds=seconds))
    return current


def _reload(attempt: Attempt) -> Attempt:
    return Attempt.objects.select_related("invitation__version", "invitation__candidate").get(pk=attempt.pk)


def _check_reason(reason: str, *, required: bool) -> None:
    if (required and not reason.strip()) or len(reason) > 300:
        raise ValidationError({"reason": _("Say why, in at most 300 characters.")})


def _tell_without_score(attempt: Attempt) -> None:
    transaction.on_commit(
        lambda: signals.attempt_scored.send(Attempt, attempt_id=attempt.pk, score_id=None), robust=True
    )
