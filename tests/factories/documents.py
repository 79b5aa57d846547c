"""Documents of applications, and drafts of some."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from accounts.models import Actor
from candidates.enums import DocumentState
from candidates.models import Document, DocumentPage
from hiring.enums import DraftState
from hiring.models import Application, ApplicationDocument, Job, ResumeDraft
from hiring.operations import drop_resumes
from tests.factories.accounts import NOW
from tests.factories.candidates import make_document
from tests.factories.files import make_pdf, make_picture

PICTURE = make_picture()


def make_document_of(application: Application, *, pages: int = 0, **fields: Any) -> Document:
    """A document of an application that has been read, with `pages` as pictures."""
    document = make_document(
        application.candidate,
        **{"content": make_pdf(), "state": DocumentState.READABLE, "page_count": pages, **fields},
    )
    ApplicationDocument.objects.create(application=application, document=document)
    for number in range(1, pages + 1):
        DocumentPage.objects.create(
            document=document,
            number=number,
            file=ContentFile(PICTURE, name=f"{number}.png"),
            width=40,
            height=30,
        )
    return document


def make_draft(job: Job, words: str = "Ada", **fields: Any) -> ResumeDraft:
    """A résumé that was dropped on a job and has been read. Other `words` are another file."""
    file = ContentFile(make_pdf([words]), name="cv.pdf")
    [draft] = drop_resumes(job=job, uploads=[file], by=Actor.system(), now=NOW).made
    values = {
        "state": DraftState.READY,
        "due_at": None,
        "full_name": "Ada Lovelace",
        "email": "ada@example.org",
        **fields,
    }
    ResumeDraft.objects.filter(pk=draft.pk).update(**values)
    draft.refresh_from_db()
    return draft
