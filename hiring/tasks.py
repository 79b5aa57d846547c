"""What workers do for the pipeline. Every look may be lost, late or doubled: the rows say what is due."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from celery import shared_task
from django.utils import timezone

from hiring import operations
from hiring.operations.drafts import LOOK as READ_DRAFTS
from hiring.operations.stage_entry import LOOK
from outbox.operations import nudge

STAGE_ACTIONS = LOOK
APPLY_SCORES = "hiring.apply_scores"
FORGET_STAGED = "hiring.forget_staged"
# Then others of the same queue get their turn; well below the soft time limit.
SECONDS_A_LOOK = 20
BATCH = 100
# A file is stored before its row; older ones that no row names are lost.
LOST_AFTER = timedelta(days=1)


@shared_task(name=APPLY_SCORES, max_retries=3)
def apply_scores(**kwargs: object) -> None:
    """Apply the results that the signal missed, for some seconds; ask for another look when there may be more."""
    end = monotonic() + SECONDS_A_LOOK
    while operations.apply_pending_scores(now=timezone.now(), limit=BATCH):
        if monotonic() > end:
            nudge(APPLY_SCORES)
            return


@shared_task(name=STAGE_ACTIONS, max_retries=3)
def do_stage_actions(**kwargs: object) -> None:
    """Do what stages ask for and is due, for some seconds; ask for another look when there may be more."""
    end = monotonic() + SECONDS_A_LOOK
    while operations.do_due_actions(now=timezone.now(), limit=BATCH):
        if monotonic() > end:
            nudge(STAGE_ACTIONS)
            return


@shared_task(name=FORGET_STAGED, max_retries=3)
def forget_staged(**kwargs: object) -> None:
    """Delete files of forms that were not sent within the hour, for some seconds; ask for another look if need be.

    Drafts that nobody looked over in a month go with them.
    """
    operations.forget_drafts(now=timezone.now())
    end = monotonic() + SECONDS_A_LOOK
    while operations.forget_staged(now=timezone.now(), limit=BATCH):
        if monotonic() > end:
            nudge(FORGET_STAGED)
            return


@shared_task(name=READ_DRAFTS, max_retries=3, soft_time_limit=90, time_limit=120)
def read_drafts(**kwargs: object) -> None:
    """Read the résumés that were dropped, for some seconds; ask for another look when there may be more."""
    end = monotonic() + SECONDS_A_LOOK
    while operations.read_due_drafts(now=timezone.now(), limit=1):
        if monotonic() > end:
            nudge(READ_DRAFTS)
            return


@shared_task(name="hiring.forget_lost_uploads", max_retries=0)
def forget_lost_uploads(**kwargs: object) -> None:
    """Delete files of forms and drafts that a killed process left without a row."""
    operations.forget_lost_uploads(before=timezone.now() - LOST_AFTER)
