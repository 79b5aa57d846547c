"""What colleagues do to an attempt that was handed in: reopen it, declare it void."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments import queries, signals
from assessments.enums import AdjustmentKind, AttemptEventKind, AttemptState, Navigation
from assessments.models import Attempt, AttemptEvent, AttemptSection
from assessments.operations.clocks import LONGEST_ADJUSTMENT, check_reason, move_deadlines
from assessments.operations.history import AttemptClosed, record_attempt
from assessments.operations.marking import uncount_answers


def reopen_attempt(*, attempt: Attempt, minutes: int, reason: str, by: Actor, now: datetime) -> Attempt:
    """Let somebody go on with a test that was handed in, for `minutes` from now. Twice changes nothing more.

    Its score stays to be read and is in force no more; what is handed in next is scored anew. They go on where they
    were: places that were left stay closed, only the very last one (or part) opens again when all of them were. The
    limit of what is open is lifted; the whole time counts.
    Raises `ValidationError` without a reason or for a time that makes no sense, `AttemptClosed` for an attempt that is
    void or was followed by another.
    """
    check_reason(reason)
    if not 1 <= minutes <= LONGEST_ADJUSTMENT // 60:
        raise ValidationError({"minutes": _("Give between one minute and one day.")})
    with transaction.atomic():
        if queries.is_followed(attempt):
            raise AttemptClosed
        changed = Attempt.objects.filter(pk=attempt.pk, state=AttemptState.SUBMITTED).update(
            state=AttemptState.IN_PROGRESS,
            submitted_at=None,
            submitted_by="",
            score_due_at=None,
            sitting=F("sitting") + 1,
            window_deadline_at=None,
        )
        current = queries.attempt_with_person(attempt.pk)
        if not changed:
            if current.state == AttemptState.VOID:
                raise AttemptClosed
            return current
        uncount_answers(current, now=now)
        Attempt.objects.filter(pk=attempt.pk).update(current_score=None)
        current.current_score = None
        _reopen_places(current)
        until = max(now, current.started_at) + timedelta(minutes=minutes)
        missing = ceil((until - current.deadline_at).total_seconds())
        move_deadlines([current], {current.pk: missing}, AdjustmentKind.REOPENED, reason, by=by, now=now)
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
    check_reason(reason)
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
        current = queries.attempt_with_person(attempt.pk)
        if changed:
            uncount_answers(current, now=now)
            record_attempt("attempt.voided", current, current.invitation, by=by, now=now)
            _tell_without_score(current)
    return current


def _reopen_places(attempt: Attempt) -> None:
    if not attempt.has_parts:
        return
    parts = list(AttemptSection.objects.filter(attempt=attempt).order_by("first"))
    if attempt.open_from > parts[-1].last:
        is_forward = attempt.invitation.version.navigation == Navigation.FORWARD
        attempt.open_from = parts[-1].last if is_forward else parts[-1].first
        attempt.open_to = parts[-1].last
        Attempt.objects.filter(pk=attempt.pk).update(open_from=attempt.open_from, open_to=attempt.open_to)
    if not attempt.is_between_parts:
        here = next(part for part in parts if part.first <= attempt.open_from <= part.last)
        AttemptSection.objects.filter(pk=here.pk).update(deadline_at=None)


def _tell_without_score(attempt: Attempt) -> None:
    transaction.on_commit(
        lambda: signals.attempt_scored.send(Attempt, attempt_id=attempt.pk, score_id=None), robust=True
    )
