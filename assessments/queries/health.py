"""How the sittings are, for probes and metrics: counts and ages, nothing of anybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from assessments.enums import AttemptState
from assessments.models import Attempt
from assessments.queries.lists import overdue
from shell.health import Health, HealthState, Measure, seconds_since

# A worker looks every two seconds for the one and every ten for the other.
CLOSED_WITHIN: Final = timedelta(minutes=1)
SCORED_WITHIN: Final = timedelta(minutes=5)


def health(now: datetime) -> dict[str, Health]:
    """Return whether tests are closed and scored in time. Two queries."""
    late = _late(now)
    unscored = _unscored_since(now)
    in_time = (late or 0) <= CLOSED_WITHIN.total_seconds() and (
        unscored or 0
    ) <= SCORED_WITHIN.total_seconds()
    numbers = {"oldest_overdue_seconds": late, "oldest_unscored_seconds": unscored}
    if in_time:
        return {"attempts": Health(numbers=numbers)}
    return {"attempts": Health(HealthState.DEGRADED, "tests are closed or scored late", numbers)}


def measures(now: datetime) -> list[Measure]:
    """Return the counts of sittings that somebody or something works on. Five queries."""
    running = Attempt.objects.filter(state=AttemptState.IN_PROGRESS)
    waiting = Attempt.objects.filter(state=AttemptState.SUBMITTED, current_score=None)
    return [
        Measure("attempts_in_progress", "Tests that people are taking.", [({}, running.count())]),
        Measure(
            "attempts_overdue", "Tests whose time is over and that are open.", [({}, overdue(now).count())]
        ),
        Measure("attempts_unscored", "Submitted tests without a score.", [({}, waiting.count())]),
        Measure(
            "attempt_oldest_overdue_seconds",
            "For how long the oldest of the tests in attempts_overdue should have been closed.",
            [({}, _late(now) or 0)],
        ),
        Measure(
            "attempt_oldest_unscored_seconds",
            "Since when the oldest submitted test waits for its score.",
            [({}, _unscored_since(now) or 0)],
        ),
    ]


def _late(now: datetime) -> float | None:
    oldest = overdue(now).values_list("next_check_at", flat=True).first()
    return seconds_since(oldest, now=now)


def _unscored_since(now: datetime) -> float | None:
    waiting = Attempt.objects.filter(state=AttemptState.SUBMITTED, current_score=None)
    return seconds_since(
        waiting.order_by("submitted_at").values_list("submitted_at", flat=True).first(), now=now
    )
