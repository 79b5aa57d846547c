"""Documents of applications."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile

from candidates.enums import DocumentState
from candidates.models import Document, DocumentPage
from hiring.models import Application, ApplicationDocument
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
