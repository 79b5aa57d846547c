"""Tests, invitations and attempts for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.models import Actor
from assessments import operations
from assessments.enums import ScoreCause, SubmittedBy
from assessments.models import (
    Assessment,
    Attempt,
    AttemptQuestion,
    Invitation,
    ProblemReport,
    RegradeRequest,
    Score,
)
from assessments.operations import RuleDraft, SaveReply
from candidates.models import Candidate, CandidateEmail
from questions.models import QuestionBank
from questions.operations import mend_key, record_reports
from tests.factories.questions import NOW, key, make_bank, make_questions

_numbers = count(1)


def make_person(name: str = "") -> Candidate:
    number = next(_numbers)
    person = Candidate.objects.create(full_name=name or f"Person {number}", created_at=NOW)
    address = f"person{number}@example.com"
    CandidateEmail.objects.create(candidate=person, address=address, normalised=address, is_primary=True)
    return person


def make_draft(
    *, questions: int = 3, bank: QuestionBank | None = None, count: int = 0, **fields: Any
) -> Assessment:
    """A test whose draft asks for `count` (else all) of `questions` questions of one bank."""
    number = next(_numbers)
    if bank is None:
        bank = make_bank()
        make_questions(questions, bank)
    assessment = operations.create_assessment(
        slug=f"test-{number}", name=f"Test {number}", by=Actor.system(), now=NOW, **fields
    )
    operations.add_rule(
        version=assessment.versions.get(),
        rule=RuleDraft(bank=bank, count=count or questions),
        by=Actor.system(),
        now=NOW,
    )
    return assessment


def make_assessment(**fields: Any) -> Assessment:
    """A published test."""
    assessment = make_draft(**fields)
    operations.publish_version(version=assessment.versions.get(), by=Actor.system(), now=NOW)
    assessment.refresh_from_db()
    return assessment


def make_invitation(
    assessment: Assessment | None = None,
    *,
    person: Candidate | None = None,
    by: Actor | None = None,
    **fields: Any,
) -> Invitation:
    return operations.invite(
        candidate=person or make_person(),
        assessment=assessment or make_assessment(),
        intent=fields.pop("intent", f"intent-{next(_numbers)}"),
        by=by or Actor.system(),
        now=fields.pop("now", NOW),
        **fields,
    )


def make_attempt(
    assessment: Assessment | None = None,
    *,
    invitation: Invitation | None = None,
    now: datetime = NOW,
    **fields: Any,
) -> Attempt:
    """A running attempt."""
    invitation = invitation or make_invitation(assessment, **fields)
    return operations.start_attempt(invitation=invitation, consented=True, now=now)


def save(
    attempt: Attempt, position: int = 1, answer: Any = ("a",), *, now: datetime, **fields: Any
) -> SaveReply:
    """A save as a page sends it; the page is a new one unless `page_id` is given."""
    return operations.save_answer(
        attempt_id=attempt.pk,
        position=position,
        answer=list(answer) if isinstance(answer, tuple) else answer,
        base_version=fields.get("base_version", 0),
        save_id=fields.get("save_id") or uuid4(),
        page_id=fields.get("page_id") or uuid4(),
        now=now,
    )


def make_finished(
    assessment: Assessment | None = None, *, right: int | None = None, score: bool = True, **fields: Any
) -> Attempt:
    """A submitted (and scored) attempt with `right` right answers; all of them without `right`. "a" is right."""
    attempt = make_attempt(assessment, **fields)
    moment = attempt.started_at + timedelta(minutes=1)
    places = (
        AttemptQuestion.objects.filter(attempt=attempt)
        .order_by("position")
        .values_list("position", flat=True)
    )
    for number, position in enumerate(list(places)):
        answer = ["a"] if right is None or number < right else ["b"]
        save(attempt, position, answer, now=moment)
    operations.submit_attempt(attempt_id=attempt.pk, submitted_by=SubmittedBy.CANDIDATE, now=moment)
    if score:
        operations.score_submitted(now=moment)
    attempt.refresh_from_db()
    return attempt


def make_report(attempt: Attempt, *, position: int = 1, now: datetime = NOW, **fields: Any) -> ProblemReport:
    """What the candidate of `attempt` found wrong with a question, as if they had said so while it ran."""
    row = attempt.questions.select_related("question_version").get(position=position)
    report = ProblemReport.objects.create(
        attempt=attempt,
        position=position,
        question_version=row.question_version,
        kind=fields.pop("kind", "unclear"),
        reported_at=now,
        **fields,
    )
    record_reports(question_id=row.question_version.question_id, opened=1, now=now)
    return report


def write_score(attempt: Attempt, **changes: Any) -> Score:
    """Write a score with figures to look for as marking does, and let it count."""
    fields: dict[str, Any] = {
        "cause": ScoreCause.SUBMITTED,
        "keys_digest": "a" * 32,
        "marks": 3,
        "marks_possible": 4,
        "percent": "75",
        "error": 9,
        "band": "passed",
        "created_at": timezone.now(),
    }
    made = Score.objects.create(attempt=attempt, **fields | changes)
    Attempt.objects.filter(pk=attempt.pk).update(current_score=made)
    return made


def make_regrade(attempt: Attempt, *, position: int = 1, right: str = "b") -> RegradeRequest:
    """That the key of a question of `attempt` was mended: another option is right."""
    version = (
        attempt.questions.select_related("question_version__question").get(position=position).question_version
    )
    mended = mend_key(
        version=version, key=key(right), reason="Another one is right", by=Actor.system(), now=NOW
    )
    return RegradeRequest.objects.get(key=mended)
