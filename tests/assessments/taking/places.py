"""A small test with all that a page can meet: code in stem and options, and a key that must not leak."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from accounts.models import Actor, Organisation
from assessments.models import (
    Assessment,
    AssessmentSection,
    AssessmentVersion,
    Attempt,
    AttemptQuestion,
    DrawRule,
    Invitation,
    PoolEntry,
)
from assessments.operations import invite
from candidates.models import Candidate
from outbox.rules import link_token
from questions.models import AnswerKey, Question, QuestionBank, QuestionVersion

# Words of the key; a page that shows one of them has shown the key.
SECRETS = ("explanation-of-the-key", "feedback-of-the-key", "source-of-the-key", "73/97", "-11/89")

CODE = """```python
from flask import Flask

app = Flask(__name__)


@app.get("/hello/<name>")
def hello(name: str) -> str:
    return f"Hello {name}, this line is long enough to scroll inside its own block on every telephone there is today"
```"""

QUESTIONS: list[dict[str, Any]] = [
    {
        "kind": "single",
        "stem": "Which call makes a *Flask* application that reads its templates from `templates/`?",
        "options": ["`Flask(__name__)`", "`Flask.run()`", "`render_template()`", "None of these"],
    },
    {
        "kind": "multiple",
        "stem": "Which of these are set for each request and gone after it?",
        "options": ["`g`", "`request`", "`app.config`", "`url_map`"],
    },
    {
        "kind": "single",
        "stem": f"What does this application answer to `GET /hello/Ada`?\n\n{CODE}",
        "options": [
            "```python\nreturn 'Hello Ada'\n```",
            "```python\nreturn None\n```",
            "A page that says the address was not found, because the rule has no methods of its own",
            "An error",
        ],
    },
    {
        "kind": "single",
        "stem": "Which status code does `abort(403)` answer with?",
        "options": ["200", "302", "403", "500"],
    },
]


@dataclass
class Place:
    """A test, a person who may take it, and the client that holds the mailed link."""

    assessment: Assessment
    invitation: Invitation
    client: Client

    @property
    def code(self) -> str:
        return self.invitation.link.public_id

    @property
    def token(self) -> str:
        self.invitation.link.refresh_from_db()
        return link_token(self.invitation.link)

    @property
    def attempt(self) -> Attempt:
        return Attempt.objects.get(invitation=self.invitation)

    def url(self, rest: str = "") -> str:
        return f"/test/{self.code}/{rest}"

    def enter(self, client: Client | None = None) -> Client:
        """Open the mailed link with a browser of one's own or the place's."""
        client = client or self.client
        response = client.get(f"/t/{self.token}/")
        assert response.status_code == 302, response.content
        return client

    def start(self) -> Attempt:
        self.enter()
        response = self.client.post(self.url("start/"), {"consent": "on"})
        assert response["Location"] == self.url("question/1/"), response.content
        return self.attempt

    def row(self, position: int) -> AttemptQuestion:
        return AttemptQuestion.objects.select_related("question_version__question").get(
            attempt__invitation=self.invitation, position=position
        )

    def position_of(self, kind: str) -> int:
        rows = AttemptQuestion.objects.filter(
            attempt__invitation=self.invitation, question_version__question__kind=kind
        )
        return rows.order_by("position").first().position  # type: ignore[union-attr]

    def places(self, position: int, codes: Any) -> Any:
        """Name options as this person's page does; what is no code of the question stays as it is."""
        if not isinstance(codes, list):
            return codes
        place_of = {code: str(place) for place, code in enumerate(self.row(position).option_order, start=1)}
        return [place_of.get(code, code) if isinstance(code, str) else code for code in codes]

    def save(self, position: int, answer: Any, **changes: Any) -> Any:
        """Send a choice as the script does."""
        body = {
            "answer": self.places(position, answer),
            "base_version": self.row(position).answer_version,
            "save_id": str(uuid.uuid4()),
            "page_id": str(uuid.uuid4()),
        } | changes
        return self.client.post(self.url(f"question/{position}/save/"), body, content_type="application/json")


def make_assessment(*, slug: str = "flask-basics", minutes: int = 40) -> Assessment:
    """Write a published test of four questions."""
    now = timezone.now()
    bank = QuestionBank.objects.create(slug=f"bank-{slug}", name="Bank", created_at=now)
    assessment = Assessment.objects.create(slug=slug, name="Flask basics", created_at=now)
    version = AssessmentVersion.objects.create(
        assessment=assessment,
        number=1,
        minutes=minutes,
        introduction="Code is written for *Flask 3*.",
        created_at=now,
        published_at=now,
    )
    section = AssessmentSection.objects.create(version=version, position=1)
    for number, draft in enumerate(QUESTIONS, start=1):
        question = Question.objects.create(
            bank=bank,
            external_id=f"{slug}-{number}",
            kind=draft["kind"],
            level="junior",
            status="ready",
            created_at=now,
            changed_at=now,
        )
        options = [
            {"code": code, "text": text, "place": ""}
            for code, text in zip("abcd", draft["options"], strict=True)
        ]
        shown = QuestionVersion.objects.create(
            question=question, number=1, stem=draft["stem"], options=options, created_at=now, frozen_at=now
        )
        AnswerKey.objects.create(
            version=shown,
            revision=1,
            shares={"a": "73/97", "b": "-11/89", "c": "0", "d": "0"},
            feedback={"a": "feedback-of-the-key"},
            explanation="explanation-of-the-key",
            source="source-of-the-key",
            created_at=now,
        )
        question.current_version = shown
        question.save(update_fields=["current_version"])
        rule = DrawRule.objects.create(section=section, position=number, bank=bank, count=1)
        PoolEntry.objects.create(rule=rule, question_version=shown)
    assessment.current_version = version
    assessment.save(update_fields=["current_version"])
    return assessment


def in_order(place: Place, **rules: Any) -> None:
    """Let every run show the same questions with the same options in the same order."""
    AssessmentVersion.objects.filter(pk=place.invitation.version_id).update(
        shuffle_questions=False, shuffle_options=False, **rules
    )


def in_two_parts(place: Place, *, minutes: tuple[int, int] = (10, 5)) -> None:
    """Let the four questions of the test be two parts of two, each with its minutes."""
    version = place.invitation.version_id
    for position, (title, limit) in enumerate(zip(("Requests", "Answers"), minutes, strict=True), start=1):
        section, _made = AssessmentSection.objects.update_or_create(
            version_id=version, position=position, defaults={"title": title, "minutes": limit}
        )
        rules = DrawRule.objects.filter(
            section__version=version, position__in=(2 * position - 1, 2 * position)
        )
        rules.update(section=section)


def make_candidate(name: str = "Ada Lovelace", **fields: Any) -> Candidate:
    candidate = Candidate.objects.create(full_name=name, created_at=timezone.now(), **fields)
    candidate.emails.create(
        address=f"{candidate.public_id}@example.com",
        normalised=f"{candidate.public_id}@example.com",
        is_primary=True,
    )
    return candidate


def make_place(*, assessment: Assessment | None = None, client: Client | None = None, **terms: Any) -> Place:
    """Invite somebody to a test."""
    Organisation.objects.update_or_create(
        pk=1, defaults={"name": "Analytical Engines", "reply_to": "people@example.com"}
    )
    assessment = assessment or make_assessment()
    candidate = terms.pop("candidate", None) or make_candidate()
    invitation = invite(
        candidate=candidate,
        assessment=assessment,
        intent=f"test:{uuid.uuid4()}",
        by=Actor.system(),
        now=terms.pop("now", timezone.now()),
        **terms,
    )
    return Place(assessment, invitation, client or Client(enforce_csrf_checks=False))


def in_the_past(**distance: int) -> datetime:
    return datetime.now(UTC) - timedelta(**distance)


__all__ = [
    "SECRETS",
    "Place",
    "in_order",
    "in_the_past",
    "in_two_parts",
    "make_assessment",
    "make_candidate",
    "make_place",
]
