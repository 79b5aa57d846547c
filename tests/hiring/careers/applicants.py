"""Somebody in front of a job's form, and what a browser would send from it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from candidates.enums import ConsentPurpose
from candidates.queries import current_consent_text
from hiring.careers.stamps import write_stamp
from hiring.enums import AnswerKind
from hiring.models import ApplicationQuestion, Job
from hiring.operations import save_form
from hiring.queries.careers import form_questions
from hiring.rules.answers import NO, QuestionDraft
from tests.factories.accounts import NOW
from tests.factories.hiring import SYSTEM

ADA = {"full_name": "Ada Lovelace", "email": "ada@example.com", "consent": "on"}

QUESTIONS = (
    QuestionDraft(kind=AnswerKind.TEXT, text="Which city do you live in?", help_text="Or nearby"),
    QuestionDraft(kind=AnswerKind.LONG_TEXT, text="Why this job?"),
    QuestionDraft(kind=AnswerKind.YES_NO, text="May you work in the EU?", is_required=True, flagged=[NO]),
    QuestionDraft(
        kind=AnswerKind.CHOICE, text="When can you begin?", options=["At once", "In a month", "Later"]
    ),
    QuestionDraft(
        kind=AnswerKind.CHOICES,
        text="Which do you know?",
        options=["Python", "SQL", "COBOL"],
        flagged=["COBOL"],
    ),
    QuestionDraft(kind=AnswerKind.NUMBER, text="How many years have you programmed?", below=Decimal(2)),
)
FILE = QuestionDraft(kind=AnswerKind.FILE, text="A picture of your bread")


def ask(job: Job, *questions: QuestionDraft, **fields: Any) -> list[ApplicationQuestion]:
    """Let the form of a job ask these, or one of each kind, and return them."""
    job.refresh_from_db()
    save_form(
        job=job,
        introduction=fields.get("introduction", ""),
        resume_rule=fields.get("resume_rule", job.resume_rule),
        phone_rule=fields.get("phone_rule", job.phone_rule),
        questions=questions or QUESTIONS,
        by=SYSTEM,
        now=NOW,
    )
    return form_questions(job.pk)


def pdf(name: str = "cv.pdf", words: str = "Bread") -> SimpleUploadedFile:
    """A file that is a PDF as far as its beginning says; reading it is another matter."""
    content = f"%PDF-1.4\n% {words}\n%%EOF\n".encode()
    return SimpleUploadedFile(name, content, "application/octet-stream")


def stamp(job: Job, *, age: timedelta = timedelta(minutes=1), language: str = "en") -> str:
    """What the form says that was opened a while ago."""
    agreement = current_consent_text(ConsentPurpose.APPLY, language).body
    questions = [question.pk for question in form_questions(job.pk)]
    return write_stamp(job=job.pk, questions=questions, agreement=agreement, now=timezone.now() - age)


def send(client: Client, job: Job, **fields: Any) -> HttpResponse:
    """Send the form of a job as Ada, unless something else is said, and return the answer."""
    follow = fields.pop("follow", False)
    typed = {"stamp": fields.pop("stamp", None) or stamp(job), **ADA, **fields}
    return client.post(f"/jobs/{job.slug}/apply/", typed, follow=follow)
