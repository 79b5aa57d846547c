"""What rows of the world say that not everybody reads, and another job beside the world's, with people of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from assessments.models import AccommodationRequest, Assessment, Invitation
from assessments.operations import ask_for_accommodation
from candidates.enums import NoteAudience
from candidates.models import Candidate
from candidates.operations import add_note, update_candidate
from hiring.enums import AnswerKind, Verdict
from hiring.models import Application, ApplicationAnswer, ApplicationQuestion, Job
from hiring.operations import recommend
from outbox.models import Message
from questions.models import AnswerKey
from tests.architecture.permissions.fields import FIELDS, Field
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM, invite, make_application, make_test_job, move, sit
from tests.factories.outbox import make_reply


def make_other_job(assessment: Assessment, recruiter: User) -> dict[str, Any]:
    """A job with an applicant who did its test and one who asked for more time."""
    job, _assessment = make_test_job(assessment, recruiter=recruiter)
    application = make_application(job)
    move(application, "Test")
    attempt = sit(invite(application, assessment), right=9)
    invitation = invite(move(make_application(job), "Test"), assessment)
    return {
        "job": job,
        "application": Application.objects.get(pk=application.pk),
        "candidate": application.candidate,
        "attempt": attempt,
        "invitation": invitation,
        "ran_out": make_ran_out(job, assessment),
        "message": Message.objects.filter(about_id=attempt.invitation_id).latest("pk"),
        "asked": ask_for_accommodation(invitation=invitation, text="Please", now=NOW),
    }


def make_ran_out(job: Job, assessment: Assessment) -> Invitation:
    """An invitation that nobody opened while it was open; pages ask the clock of the day."""
    ago = timezone.now() - timedelta(days=60)
    return invite(move(make_application(job, now=ago), "Test", now=ago), assessment, now=ago)


def say_all(ids: Mapping[str, Any], text: Callable[[Field], str]) -> None:
    """Put a text of its own into each field of these rows that not everybody reads."""
    say = {name: text(field) for name, field in FIELDS.items()}
    job, application = ids["job"], ids["application"]
    candidate = Candidate.objects.get(pk=ids["candidate"].pk)
    update_candidate(
        candidate=candidate,
        full_name=say["name"],
        emails=[say["address"]],
        phone=say["phone"],
        time_zone="",
        language="",
        by=SYSTEM,
        now=NOW,
    )
    Candidate.objects.filter(pk=ids["ran_out"].candidate_id).update(full_name=say["name"])
    Job.objects.filter(pk=job.pk).update(
        salary_min=int(say["salary"]), salary_currency="EUR", salary_period="year"
    )
    question = ApplicationQuestion.objects.create(
        job=job, position=1, kind=AnswerKind.TEXT, text="Why?", is_required=False
    )
    ApplicationAnswer.objects.create(application=application, question=question, text=say["answer"])
    for name, audience in (("note", NoteAudience.TEAM), ("confidential_note", NoteAudience.RECRUITERS)):
        add_note(candidate=candidate, body=say[name], audience=audience, by=SYSTEM, now=NOW)
    recommend(application=application, verdict=Verdict.YES, comment=say["recommendation"], by=SYSTEM, now=NOW)
    Message.objects.filter(pk=ids["message"].pk).update(subject=say["mail"], to_name=say["name"])
    make_reply(ids["message"], subject="Thanks")
    Invitation.objects.filter(pk=ids["invitation"].pk).update(
        extra_seconds=600, extra_reason=say["extra_reason"]
    )
    AccommodationRequest.objects.filter(pk=ids["asked"].pk).update(text=say["request"])
    AnswerKey.objects.all().update(explanation=FIELDS["key"].text)
    # The dashboard counts by the clock of the day.
    Application.objects.filter(pk=application.pk).update(applied_at=timezone.now() - timedelta(hours=1))
