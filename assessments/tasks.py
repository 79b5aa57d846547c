"""What workers do for tests. Every look may be lost, late or doubled: the rows say what is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from celery import shared_task
from django.utils import timezone

from assessments import operations
from outbox.operations import nudge

# Well below the soft limit of a task, so that a long queue never ends in a kill.
LOOK_FOR = timedelta(seconds=20)


@shared_task(name="assessments.close_overdue", max_retries=3)
def close_overdue(**kwargs: object) -> None:
    """Submit the attempts whose time is over."""
    if _until_done(lambda now: operations.close_overdue(now=now)):
        nudge(close_overdue.name)


@shared_task(name="assessments.score_submitted", max_retries=3)
def score_submitted(**kwargs: object) -> None:
    """Score the attempts that were submitted."""
    if _until_done(lambda now: operations.score_submitted(now=now)):
        nudge(score_submitted.name)


@shared_task(name="assessments.send_reminders", max_retries=3)
def send_reminders(**kwargs: object) -> None:
    """Remind those who have not started their test and whose reminder is due."""
    if _until_done(lambda now: operations.send_due_reminders(now=now)):
        nudge(send_reminders.name)


@shared_task(name="assessments.forget_sign_ups", max_retries=3)
def forget_sign_ups(**kwargs: object) -> None:
    """Forget who typed an address on an open link and did not confirm it."""
    if _until_done(lambda now: operations.forget_sign_ups(now=now)):
        nudge(forget_sign_ups.name)


def _until_done(look: Callable[[datetime], int]) -> bool:
    """Repeat `look` until it finds nothing, for `LOOK_FOR` at most; return whether it may find more."""
    started = timezone.now()
    while (now := timezone.now()) - started < LOOK_FOR:
        if not look(now):
            return False
    return True
