"""Two jobs of two recruiters, each with people, tests and scores; and programs that ask about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from accounts.enums import Role, Scope
from accounts.models import ApiKey, User
from assessments.models import Assessment, Attempt, Invitation, Score
from hiring.models import Application, Job
from hiring.queries.reports import REPORTS
from tests.factories.accounts import make_api_key, make_user
from tests.factories.assessments import make_assessment
from tests.factories.hiring import invite, make_application, make_test_job, move, sit

ROOT = "/api/v1/"
ALL_SCOPES = list(Scope)


class Program:
    """Calls the API with a key; without one as a stranger."""

    def __init__(self, token: str = "", *, key: ApiKey | None = None) -> None:
        self.key = key
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.client = Client()

    def get(self, path: str, **parameters: Any) -> HttpResponse:
        return self.client.get(ROOT + path, parameters, headers=self.headers)

    def post(self, path: str, body: Any, **extra: Any) -> HttpResponse:
        content = {"content_type": "application/json", **extra}
        return self.client.post(ROOT + path, body, headers=self.headers, **content)

    def call(self, method: str, path: str, body: Any = None) -> HttpResponse:
        return self.get(path) if method == "GET" else self.post(path, body)


def program(owner: User, *scopes: Scope, **fields: Any) -> Program:
    key, token = make_api_key(owner, *(scopes or ALL_SCOPES), **fields)
    return Program(token, key=key)


@dataclass
class House:
    """A job, its recruiter, one person who finished its test and one who only applied."""

    recruiter: User
    job: Job
    assessment: Assessment
    finished: Application
    fresh: Application
    invitation: Invitation
    attempt: Attempt
    score: Score

    def rows(self) -> dict[str, str]:
        """The address of one row of each list."""
        return {
            "jobs": f"jobs/{self.job.slug}/",
            "candidates": f"candidates/{self.finished.candidate.public_id}/",
            "applications": f"applications/{self.finished.public_id}/",
            "assessments": f"assessments/{self.assessment.slug}/",
            "invitations": f"invitations/{self.invitation.pk}/",
            "attempts": f"attempts/{self.attempt.pk}/",
            "scores": f"scores/{self.score.pk}/",
        }

    def reads(self) -> list[str]:
        """Every address that reads."""
        return [
            *(f"{name}/" for name in self.rows()),
            *self.rows().values(),
            "reports/pipeline/",
            f"reports/assessments/{self.assessment.slug}/",
            *(f"reports/{name}/" for name in REPORTS),
        ]

    def new_application(self) -> tuple[str, dict[str, str]]:
        body = {"job": self.job.slug, "full_name": "Noor Haddad", "email": "noor@example.net"}
        return "applications/", body

    def new_invitation(self) -> tuple[str, dict[str, str]]:
        return f"applications/{self.fresh.public_id}/invitations/", {"assessment": self.assessment.slug}


def make_house(assessment: Assessment | None = None, *, roles: tuple[Role, ...] = (Role.RECRUITER,)) -> House:
    recruiter = make_user(*roles)
    job, assessment = make_test_job(assessment or make_assessment(questions=2), recruiter=recruiter)
    finished, fresh = make_application(job), make_application(job)
    move(finished, "Test")
    invitation = invite(finished, assessment)
    attempt = sit(invitation, right=1)
    return House(recruiter, job, assessment, finished, fresh, invitation, attempt, attempt.scores.get())
