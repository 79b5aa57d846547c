"""Who is in a test right now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, QuerySet, Subquery

from accounts.models import Actor
from assessments.enums import AttemptState
from assessments.models import Assessment, Attempt, AttemptQuestion


@dataclass(frozen=True, slots=True)
class RunningRow:
    """One person in a test. `left` is by a clock that may stand still; nothing once the time is over."""

    attempt: Attempt
    left: timedelta
    answered: int
    total: int


def running_attempts(
    assessment: Assessment,
    *,
    actor: Actor,
    started_from: datetime | None = None,
    started_to: datetime | None = None,
) -> QuerySet[Attempt]:
    """Return the attempts at a test that are in progress, of people whom `actor` sees, in order of their start."""
    attempts = (
        Attempt.objects.all()
        .visible_to(actor)
        .filter(invitation__version__assessment=assessment, state=AttemptState.IN_PROGRESS)
    )
    if started_from is not None:
        attempts = attempts.filter(started_at__gte=started_from)
    if started_to is not None:
        attempts = attempts.filter(started_at__lte=started_to)
    return attempts.order_by("started_at", "pk")


def running_rows(attempts: QuerySet[Attempt], *, now: datetime) -> list[RunningRow]:
    """Return `attempts` with how far each person is. One query."""
    questions = AttemptQuestion.objects.filter(attempt=OuterRef("pk")).order_by().values("attempt")
    total = questions.annotate(count=Count("position")).values("count")
    answered = questions.exclude(answer=[]).annotate(count=Count("position")).values("count")
    rows = attempts.select_related("invitation__candidate").annotate(
        question_total=Subquery(total), answered_total=Subquery(answered)
    )
    return [
        RunningRow(
            attempt,
            max(timedelta(), attempt.deadline_at - attempt.clock(now=now)),
            attempt.answered_total or 0,
            attempt.question_total or 0,
        )
        for attempt in rows
    ]
