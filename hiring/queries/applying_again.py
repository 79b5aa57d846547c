"""Who has applied for a job before, and from when on they may again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.enums import ActorKind
from candidates.models import Candidate
from hiring.enums import ApplicationStatus
from hiring.models import Application, ApplicationTransition, Job
from outbox.models import Event


def earlier_application(*, candidate_id: int, job_id: int) -> Application | None:
    """Return the newest application of a person for a job, whatever became of it. One query."""
    mine = Application.objects.filter(candidate=candidate_id, job=job_id)
    return mine.order_by("-applied_at", "-pk").first()


def earlier_applications(*, candidate_ids: Sequence[int], job_id: int) -> dict[int, int]:
    """Return, by person, the newest application for a job. One query."""
    rows = Application.objects.filter(candidate__in=list(candidate_ids), job=job_id)
    # The newest comes last and stays.
    return dict(rows.order_by("applied_at", "pk").values_list("candidate_id", "pk"))


def again_from(earlier: Application, job: Job) -> datetime:
    """Return from when on somebody whose application is over may apply for the job again. One query."""
    ended = (
        ApplicationTransition.objects.filter(application=earlier, to_status__in=ApplicationStatus.final)
        .exclude(from_status__in=ApplicationStatus.final)
        .order_by("-number")
        .values_list("at", flat=True)
        .first()
    )
    return (ended or earlier.applied_at) + timedelta(days=job.apply_again_days)


def is_known_to_read(candidate: Candidate) -> bool:
    """Whether somebody has done something by a link that was mailed to a person, or answered a mail. One query."""
    # Whoever applies sends documents, before any mail.
    by_link = Q(actor_kind=ActorKind.LINK.value) & ~Q(kind="document.added")
    seen = Event.objects.filter(by_link | Q(kind="message.answered"), person_ref=candidate.public_id)
    return seen.exists()
