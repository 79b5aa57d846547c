"""What workers do for questions. Every look may be lost, late or doubled: the rows say what is due."""

from __future__ import annotations

from time import monotonic

from celery import shared_task
from django.utils import timezone

from outbox.operations import give_way, nudge
from questions import operations
from questions.operations.touching import LOOK

# Then others of the same queue get their turn; well below the soft time limit.
SECONDS_A_LOOK = 20


@shared_task(name=LOOK, max_retries=3)
def look_through(**kwargs: object) -> None:
    """Look through questions that changed, for some seconds; ask for another look when there may be more."""
    end = monotonic() + SECONDS_A_LOOK
    while operations.look_through_due(now=timezone.now()):
        if monotonic() > end:
            nudge(LOOK)
            return
        give_way()
