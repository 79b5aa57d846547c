"""A large company for the bench of pages: as many applications as are asked for, each with its way.

The rows are those that the operations would have written, without what nobody reads here: the answers of tests and the
files of documents. A seed makes the same company again, but for the random codes in addresses.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from django.db import connection, transaction

from accounts.enums import Role
from accounts.models import Actor, User
from accounts.operations import create_user
from assessments.operations import seed_starter_content
from candidates.enums import ConsentPurpose
from candidates.operations import keep_consent_text, save_tag
from candidates.operations.searching import reindex_people
from hiring import operations
from hiring.enums import ClosingReason, JobKind, JobRole, ScoreRule, StageKind
from hiring.models import Job
from hiring.queries import current_stages, rejection_reasons
from hiring.rules import StageDraft
from tests.load.lives import JobWithStages, Life, Town
from tests.load.rows import go_on_counting
from tests.load.tables import Tables

SYSTEM = Actor.system()
# So far back reaches the history of the company.
DAYS = 730
# One job is as large as boards get; the manager is on it.
LARGEST = 0.1
MANAGED = 20
COLLEAGUES = 30
# So many people are kept in memory before they are written.
PORTION = 5_000
_TITLES = (
    *("Backend engineer", "Frontend engineer", "Data analyst", "Support engineer", "Account manager"),
    *("Designer", "Site reliability engineer", "Product manager", "Technical writer", "Office manager"),
)
_PLACES = ("Amsterdam", "Berlin", "Lisbon", "Remote", "Warsaw")
_TAGS = (
    *("django", "python", "react", "speaks german", "speaks french", "relocates", "senior"),
    *("met at a fair", "part time", "former colleague", "call back", "strong portfolio"),
)


@dataclass(frozen=True)
class Company:
    """Who looks at it: a recruiter of every job, a hiring manager of some; and the largest job."""

    recruiter: User
    manager: User
    largest: Job


def make(
    *, applications: int = 100_000, candidates: int = 50_000, jobs: int = 60, seed: int = 1, now: datetime
) -> Company:
    """Fill an empty database with a company and return who looks at it.

    On PostgreSQL a hundred thousand applications take two or three minutes, a million half an hour.
    Raises `ValueError` where people would have to apply twice for one job.
    """
    if applications < candidates or applications > candidates * min(jobs, 10):
        raise ValueError("Of each person there are one to ten applications, and at most one a job.")
    draw = random.Random(seed)
    begun = now - timedelta(days=DAYS + 30)
    with transaction.atomic():
        recruiter, manager, town = _found(jobs, begun, draw, now)
    _settle(town, applications, candidates, draw)
    reindex_people()
    return Company(recruiter, manager, town.jobs[0].job)


def _settle(town: Town, applications: int, candidates: int, draw: random.Random) -> None:
    tables = Tables()
    each, more = divmod(applications, candidates)
    for first in range(0, candidates, PORTION):
        with transaction.atomic():
            for number in range(first, min(first + PORTION, candidates)):
                Life(town, number, draw).write(tables, each + (number < more))
            tables.write()
    with transaction.atomic():
        go_on_counting(tables.all)


def _found(jobs: int, begun: datetime, draw: random.Random, now: datetime) -> tuple[User, User, Town]:
    recruiter = _colleague("recruiter", begun, Role.RECRUITER)
    manager = _colleague("manager", begun)
    others = [_colleague(f"colleague{number}", begun) for number in range(COLLEAGUES)]
    (content,) = seed_starter_content(by=SYSTEM, now=begun, slugs=["flask"])
    version = content.assessment.current_version
    assert version is not None
    made = [
        _post(number, content.assessment.pk, recruiter, manager, others, begun, draw)
        for number in range(jobs)
    ]
    weights = [LARGEST, *([(1 - LARGEST) / max(1, jobs - 1)] * (jobs - 1))]
    return (
        recruiter,
        manager,
        Town(
            jobs=[JobWithStages(job, current_stages(job.pk)) for job in made],
            weights=list(accumulate(weights)),
            reasons=[reason.pk for reason in rejection_reasons()],
            tags=[save_tag(tag=None, name=name, by=SYSTEM).pk for name in _TAGS],
            colleagues=[recruiter.pk, manager.pk],
            version=version.pk,
            consent=keep_consent_text(purpose=ConsentPurpose.APPLY, language="en", now=begun).pk,
            days=DAYS,
            now=now,
        ),
    )


def _colleague(name: str, begun: datetime, *roles: Role) -> User:
    return create_user(
        email=f"{name}@example.org",
        full_name=name.capitalize(),
        password=None,
        roles=roles,
        by=SYSTEM,
        now=begun,
    )


def _post(
    number: int,
    test: int,
    recruiter: User,
    manager: User,
    others: Sequence[User],
    begun: datetime,
    draw: random.Random,
) -> Job:
    """A job; every fifth is closed, one in twenty paused, the others are open."""
    members = [(recruiter, JobRole.RECRUITER)]
    if number < MANAGED:
        members.append((manager, JobRole.HIRING_MANAGER))
    members += [(one, JobRole.INTERVIEWER) for one in draw.sample(others, 3)]
    job = operations.create_job(
        title=f"{_TITLES[number % len(_TITLES)]} {number}",
        department=("Engineering", "Sales", "Operations")[number % 3],
        location=_PLACES[number % len(_PLACES)],
        kind=JobKind.FULL_TIME,
        description="Come and work with us.\n\nWe tell everybody where they stand.",
        members=members,
        stages=[
            StageDraft("Applied", StageKind.APPLIED, target_days=3),
            StageDraft("Screen", StageKind.SCREEN, target_days=5),
            StageDraft("Test", StageKind.ASSESSMENT, 14, test, ScoreRule.ADVANCE_PASSED),
            StageDraft("Interview", StageKind.INTERVIEW, target_days=10),
            StageDraft("Offer", StageKind.OFFER, target_days=7),
        ],
        openings=3,
        by=SYSTEM,
        now=begun,
    )
    job = operations.open_job(job=job, by=SYSTEM, now=begun)
    if number % 5 == 4:
        return operations.close_job(job=job, reason=ClosingReason.FILLED, by=SYSTEM, now=begun)
    return operations.pause_job(job=job, by=SYSTEM, now=begun) if number % 20 == 3 else job


def find() -> Company | None:
    """Return the company that a database holds already; None for one without tables or people."""
    if User._meta.db_table not in connection.introspection.table_names():
        return None
    people = {
        user.email: user
        for user in User.objects.filter(email__in=["recruiter@example.org", "manager@example.org"])
    }
    if len(people) < 2:
        return None
    return Company(
        people["recruiter@example.org"], people["manager@example.org"], Job.objects.order_by("pk")[0]
    )
