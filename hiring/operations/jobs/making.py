"""Making a job and changing its words and terms."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Unpack

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Actor, User
from accounts.rules import random_code
from hiring.enums import Capability, JobRole
from hiring.models import Job, Opening
from hiring.operations.access import require_may, require_recruiter
from hiring.operations.jobs.events import record_job_event
from hiring.operations.jobs.members import write_members
from hiring.operations.jobs.stages import check_stages, write_stages
from hiring.operations.notifying import tell_assigned
from hiring.rules import MOST_OPENINGS, JobDetails, StageDraft, default_stages
from rendering.characters import clean_line, clean_text

SLUG_LENGTH = 80


@transaction.atomic
def create_job(
    *,
    slug: str = "",
    members: Sequence[tuple[User, JobRole]] = (),
    stages: Sequence[StageDraft] | None = None,
    openings: int = 1,
    by: Actor,
    now: datetime,
    **details: Unpack[JobDetails],
) -> Job:
    """Make a job in draft with its openings, stages and people, and return it.

    Arguments: `slug` is made from the title when left out; `stages` are `rules.default_stages()` when left out. Whoever
    makes it becomes its recruiter besides `members`.
    Raises: `PermissionDenied` unless a recruiter, an administrator or the system asks; `ValidationError` keyed
    by field.
    """
    require_recruiter(by)
    if not 1 <= openings <= MOST_OPENINGS:
        message = _("A job has between 1 and %d openings.") % MOST_OPENINGS
        raise ValidationError({"openings": message})
    job = Job(created_by=by.user, created_at=now)
    _fill(job, details)
    job.slug = slug.strip() or _free_slug(job.title)
    job.full_clean()
    job.save(force_insert=True)
    people = list(members)
    if by.user is not None:
        people.append((by.user, JobRole.RECRUITER))
    write_members(job, people)
    tell_assigned(job, [user.pk for user, _role in people], by=by, now=now)
    Opening.objects.bulk_create(
        [Opening(job=job, number=number, opened_at=now) for number in range(1, openings + 1)]
    )
    drafts = list(stages) if stages is not None else list(default_stages())
    check_stages(drafts)
    write_stages(job, drafts, by=by, now=now)
    record_job_event("job.created", job, by=by, now=now)
    return job


@transaction.atomic
def change_job(*, job: Job, by: Actor, now: datetime, **details: Unpack[JobDetails]) -> Job:
    """Change the words and terms of a job and return it; what is left out stays as it is.

    Its short name stays, because addresses are made of it.
    Raises: `PermissionDenied`; `ValidationError` keyed by field.
    """
    require_may(by, Capability.CHANGE_JOB, job)
    _fill(job, details)
    job.full_clean()
    job.save(update_fields=list(details))
    # What it was and is stays out of the history: not everybody who reads that may know of the pay.
    record_job_event("job.changed", job, by=by, now=now, data={"fields": sorted(details)})
    return job


def _fill(job: Job, details: JobDetails) -> None:
    """Let a job be what is said of it. Raises `ValidationError` keyed by field."""
    for name, value in details.items():
        setattr(job, name, _CLEAN.get(name, _as_it_is)(value))
    _check_salary(job)


def _as_it_is(value: Any) -> Any:
    return value


_CLEAN: dict[str, Callable[[Any], Any]] = {
    "title": clean_line,
    "department": clean_line,
    "team": clean_line,
    "location": clean_line,
    "description": lambda text: clean_text(text).strip(),
    "salary_currency": lambda code: clean_line(code).upper(),
    "reply_to": clean_line,
}


def _check_salary(job: Job) -> None:
    """Say beside which field it is where the pay cannot be as it is typed. The database would say it of all of them."""
    if job.salary_currency and not re.fullmatch("[A-Z]{3}", job.salary_currency):
        raise ValidationError(
            {"salary_currency": _("Write the currency in three letters, for example EUR or USD.")}
        )
    if job.salary_min is None and job.salary_max is None:
        return
    if job.salary_min is not None and job.salary_max is not None and job.salary_min > job.salary_max:
        raise ValidationError({"salary_max": _("The salary ends below where it begins.")})
    for name, words in (
        ("salary_currency", _("Say in which currency it is paid.")),
        ("salary_period", _("Say for how long it is paid.")),
    ):
        if not getattr(job, name):
            raise ValidationError({name: words})


def _free_slug(title: str) -> str:
    stem = slugify(title)[: SLUG_LENGTH - 8].strip("-") or "job"
    taken = set(Job.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    names = [stem, *(f"{stem}-{number}" for number in range(2, 100))]
    return next((name for name in names if name not in taken), f"{stem}-{random_code()[:7]}")
