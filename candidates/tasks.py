"""What workers do for people's files. Every look may be lost, late or doubled: the rows say what is due."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic

from celery import shared_task
from django.utils import timezone

from candidates import operations
from candidates.operations.documents import LOOK
from outbox.operations import nudge

# Then others of the same queue get their turn; a document that is slow to read comes on top.
SECONDS_A_LOOK = 20
# A file is stored before its row; older ones that no row names are lost.
LOST_AFTER = timedelta(days=1)


@shared_task(name=LOOK, max_retries=3, soft_time_limit=90, time_limit=120)
def read_documents(**kwargs: object) -> None:
    """Read the documents that wait, for some seconds; ask for another look when there may be more."""
    end = monotonic() + SECONDS_A_LOOK
    while operations.read_due_documents(now=timezone.now(), limit=1):
        if monotonic() > end:
            nudge(LOOK)
            return


@shared_task(name="candidates.forget_lost_documents", max_retries=0)
def forget_lost_documents(**kwargs: object) -> None:
    """Delete files of documents and pages that a killed process left without a row."""
    operations.forget_lost_documents(before=timezone.now() - LOST_AFTER)
