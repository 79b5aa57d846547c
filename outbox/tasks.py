"""Looks at the database for what is due. Late, doubled or lost ones do no harm."""

from __future__ import annotations

from time import monotonic

from celery import shared_task
from django.utils import timezone

from outbox import operations, queries
from outbox.enums import SignName
from outbox.operations.nudges import MAIL, WORK
from outbox.rules import WORK_FILE_LIFE

# Then others of the same queue get their turn; well below the soft time limit, one slow mail included.
SECONDS_A_LOOK = 20
MAILS_A_STEP = 1


@shared_task(name=MAIL, max_retries=3)
def deliver_messages(**kwargs: object) -> None:
    """Deliver what is due for some seconds; ask for another look when there is more."""
    end = monotonic() + SECONDS_A_LOOK
    with operations.turn("mail") as is_ours:
        if not is_ours:
            return
        while operations.deliver_due(now=timezone.now(), limit=MAILS_A_STEP):
            if monotonic() > end:
                break
    # Only now: what came meanwhile was left to this look, and is asked for once more.
    if queries.mail_is_due(now=timezone.now()):
        operations.nudge(MAIL)


@shared_task(name=WORK, max_retries=3, soft_time_limit=240, time_limit=300)
def run_work(**kwargs: object) -> None:
    """Do what is due for some seconds; ask for another look when there is more."""
    end = monotonic() + SECONDS_A_LOOK
    with operations.turn("work") as is_ours:
        if not is_ours:
            return
        while operations.run_due_work(now=timezone.now()):
            if monotonic() > end:
                break
    if queries.work_is_due(now=timezone.now()):
        operations.nudge(WORK)
    operations.forget_old_files(now=timezone.now())


@shared_task(name="outbox.forget_lost_files", max_retries=0)
def forget_lost_files(**kwargs: object) -> None:
    """Delete files that were stored for mail or work that was never asked for."""
    operations.forget_lost_files(before=timezone.now() - WORK_FILE_LIFE)


@shared_task(name="outbox.report", max_retries=0)
def report(*, queue: str = "", **kwargs: object) -> None:
    """Say that whoever works for `queue` lives: it got word from the scheduler and reaches the database."""
    name = f"worker_{queue}"
    if name in SignName.workers:
        operations.give_sign(name=SignName(name), now=timezone.now())


@shared_task(name="outbox.send_news", max_retries=3)
def send_news(**kwargs: object) -> None:
    """Write to colleagues about what is new, for some seconds; the next look takes up the rest."""
    end = monotonic() + SECONDS_A_LOOK
    while operations.mail_due_news(now=timezone.now()):
        if monotonic() > end:
            return


@shared_task(name="outbox.forget_news", max_retries=3)
def forget_news(**kwargs: object) -> None:
    """Delete notifications that were read long ago, for some seconds; the next look takes up the rest."""
    end = monotonic() + SECONDS_A_LOOK
    while operations.forget_read_news(now=timezone.now()):
        if monotonic() > end:
            return
