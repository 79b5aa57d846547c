"""Documents that colleagues add to an application, and files that they take with them."""

from __future__ import annotations

from datetime import datetime

from django.core.files import File
from django.db import transaction

from accounts.models import Actor
from candidates.enums import DocumentKind
from candidates.models import Document
from candidates.operations import add_document, kept_file
from hiring.enums import Capability
from hiring.models import Application, ApplicationDocument
from hiring.operations.access import require_may
from hiring.queries.documents import documents_of_it_alone
from outbox.operations import record_event


def add_to_application(
    *, application: Application, kind: DocumentKind, upload: File[bytes], by: Actor, now: datetime
) -> Document:
    """Keep a file as a document of `application` and return it.

    Whoever sees other applications of the person only does not see it.
    Raises: `PermissionDenied` unless `by` may add people to its job, `DocumentRefused` with the words for them.
    Side effects: as `candidates.operations.store_document`.
    """
    require_may(by, Capability.ADD, application.job)
    with kept_file(upload=upload, kind=kind) as kept, transaction.atomic():
        document = add_document(
            candidate=application.candidate,
            kind=kind,
            kept=kept,
            among=documents_of_it_alone(application),
            by=by,
            now=now,
        )
        ApplicationDocument.objects.get_or_create(application=application, document=document)
    return document


def open_document(*, document: Document, by: Actor, now: datetime) -> File[bytes]:
    """Open the file of `document` for somebody who may take it with them; the history says that they did.

    Raises `FileNotFoundError` where it is not there any more; then nothing is written.
    """
    opened: File[bytes] = document.file.open("rb")
    record_event(
        kind="document.downloaded",
        by=by,
        now=now,
        person_ref=document.candidate.public_id,
        about=Document._meta.label,
        about_id=document.pk,
    )
    return opened
