"""The kinds of people, and what a line of the table says."""

from __future__ import annotations

from dataclasses import dataclass, field

LETTERS = {
    "A": "administrator",
    "J": "job_recruiter",
    "M": "manager",
    "I": "interviewer",
    "R": "recruiter",
    "Q": "author",
    "N": "analyst",
    "O": "outsider",
    "x": "",
}
SIGNED_IN = "AJMIRQNO"
EVERYBODY = SIGNED_IN + "x"


@dataclass(frozen=True)
class Line:
    """An address by name, what its parts are ("job.slug" is the slug of the world's job), and who gets through."""

    name: str
    who: str
    parts: dict[str, str] = field(default_factory=dict)
    method: str = "get"


def job(name: str, who: str, method: str = "get", **parts: str) -> Line:
    return Line(f"hiring:{name}", who, {"slug": "job.slug", **parts}, method)


def application(name: str, who: str, method: str = "get") -> Line:
    return Line(f"hiring:{name}", who, {"public_id": "application.public_id"}, method)


def document(name: str, who: str, **parts: str) -> Line:
    ids = {"public_id": "candidate.public_id", "document_id": "document.public_id"}
    return Line(f"hiring:{name}", who, {**ids, **parts})


def attempt(name: str, who: str, method: str = "get") -> Line:
    return Line(f"assessments:{name}", who, {"pk": "attempt.pk"}, method)


def of_test(name: str, who: str, method: str = "get") -> Line:
    return Line(f"assessments:{name}", who, {"slug": "assessment.slug"}, method)


def message(name: str, who: str, method: str = "get") -> Line:
    return Line(f"outbox:{name}", who, {"public_id": "message.public_id"}, method)
