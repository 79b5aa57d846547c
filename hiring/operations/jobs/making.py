"""Making a job and changing its words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from accounts.models import Actor, User
from accounts.rules import random_code
from hiring.enums import JobRole
from hiring.models import Job, Opening
from hiring.operations.access import require_manager, require_recruiter
from hiring.operations.jobs.events import record_job_event
from hiring.operations.jobs.members import write_members
from hiring.operations.jobs.stages import check_stages, write_stages
from hiring.rules import StageDraft, default_stages
from rendering.characters import clean_line, clean_text

SLUG_LENGTH = 80


@transaction.atomic
def create_job(
    *,
    title: str,
    slug: str = "",
    department: str = "",
    location: str = "",
    description: str = "",
    members: Sequence[tuple[User, JobRole]] = (),
    stages: Sequence[StageDraft] | None = None,
    by: Actor,
    now: datetime,
) -> Job:
    """Make a job in draft with one opening, its stages and people, and return it.

    Arguments: `slug` is made from the title when left out; `stages` are `rules.default_stages()` when left out. Whoever
    makes it becomes its recruiter besides `members`.
    Raises: `PermissionDenied` unless a recruiter, an administrator or the system asks; `ValidationError` keyed
    by field.
    """
    require_recruiter(by)
    title = clean_line(title)
    job = Job(
        title=title,
        slug=slug.strip() or _free_slug(title),
        department=clean_line(department),
        location=clean_line(location),
        description=clean_text(description).strip(),
        created_by=by.user,
        created_at=now,
    )
    job.full_clean()
    job.save(force_insert=True)
    people = list(members)
    if by.user is not None:
        people.append((by.user, JobRole.RECRUITER))
    write_members(job, people)
    Opening.objects.create(job=job, number=1, opened_at=now)
    drafts = list(stages) if stages is not None else list(default_stages())
    check_stages(drafts)
    write_stages(job, drafts, by=by, now=now)
    record_job_event("job.created", job, by=by, now=now)
    return job


@transaction.atomic
def change_job(
    *,
    job: Job,
    title: str,
    department: str = "",
    location: str = "",
    description: str = "",
    by: Actor,
    now: datetime,
) -> Job:
    """Change the words of a job and return it; its short name stays, because addresses are made of it.

    Raises: `PermissionDenied`; `ValidationError` keyed by field.
    """
    require_manager(by, job)
    job.title, job.department, job.location = clean_line(title), clean_line(department), clean_line(location)
    job.description = clean_text(description).strip()
    job.full_clean()
    job.save(update_fields=["title", "department", "location", "description"])
    record_job_event("job.changed", job, by=by, now=now)
    return job


def _free_slug(title: str) -> str:
    stem = slugify(title)[: SLUG_LENGTH - 8].strip("-") or "job"
    taken = set(Job.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    names = [stem, *(f"{stem}-{number}" for number in range(2, 100))]
    return next((name for name in names if name not in taken), f"{stem}-{random_code()[:7]}")
