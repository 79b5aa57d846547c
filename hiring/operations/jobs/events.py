"""What the history keeps of a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Actor
from hiring.models import Job
from outbox.operations import record_event


def record_job_event(
    kind: str, job: Job, *, by: Actor, now: datetime, data: dict[str, Any] | None = None
) -> None:
    record_event(kind=kind, by=by, now=now, about="hiring.job", about_id=job.pk, data=data)
