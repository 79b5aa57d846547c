"""The looks of the installation itself. Late, doubled or lost ones do no harm."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from config import schema
from config.backups import nightly


# Below the time after which a broker believes that a task is lost.
@shared_task(name="config.back_up", max_retries=3, soft_time_limit=540, time_limit=580)
def back_up(**kwargs: object) -> None:
    """Make the backup of the night when it is due."""
    schema.note_version()
    nightly.look(now=timezone.now())
