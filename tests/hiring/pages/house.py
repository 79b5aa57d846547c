"""One job with people, and colleagues of every kind."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from assessments.models import Assessment
from hiring.models import Application, Job
from hiring.operations import apply_score
from tests.factories.accounts import make_administrator, make_recruiter, make_user
from tests.factories.hiring import (
    invite,
    make_application,
    make_interviewer,
    make_job,
    make_manager,
    make_test_job,
    move,
    sit,
)

SignIn = Callable[[User], Client]


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@dataclass
class House:
    """A job of a recruiter and a manager, another job of another recruiter, and people who are on neither."""

    job: Job
    assessment: Assessment
    application: Application
    recruiter: User
    manager: User
    interviewer: User
    administrator: User
    other_recruiter: User
    author: User
    analyst: User
    nobody: User
    other_job: Job
    other_application: Application


def make_house() -> House:
    recruiter, other_recruiter = make_recruiter(full_name="Rosa Recruiter"), make_recruiter()
    job, assessment = make_test_job(recruiter=recruiter, title="Backend engineer", slug="backend")
    other_job = make_job(recruiter=other_recruiter, title="Secret project", slug="secret")
    return House(
        job=job,
        assessment=assessment,
        application=make_application(
            job, full_name="Nora Known", email="nora@example.com", now=timezone.now()
        ),
        recruiter=recruiter,
        manager=make_manager(job),
        interviewer=make_interviewer(job),
        administrator=make_administrator(),
        other_recruiter=other_recruiter,
        author=make_user(Role.QUESTION_AUTHOR),
        analyst=make_user(Role.ANALYST),
        nobody=make_user(),
        other_job=other_job,
        other_application=make_application(
            other_job, full_name="Hidden Person", email="hidden@example.com", now=timezone.now()
        ),
    )


def file_lines(client: Client, address: str) -> list[dict[str, str]]:
    """What stands in the CSV file of that address."""
    response: Any = client.get(address)
    assert response.status_code == 200
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))


def with_result(house: House, *, right: int, name: str = "", days_ago: int = 2) -> Application:
    """Somebody of the house's job who took the test with `right` of ten right answers."""
    moment = timezone.now() - timedelta(days=days_ago)
    fields = {"full_name": name} if name else {}
    application = make_application(house.job, now=moment, **fields)
    application = move(application, "Test", now=moment)
    attempt = sit(
        invite(application, house.assessment, now=moment), right=right, now=moment + timedelta(hours=1)
    )
    apply_score(attempt_id=attempt.pk, now=moment + timedelta(hours=2))
    application.refresh_from_db()
    return application
