"""Documents that candidates send for their own application."""

from __future__ import annotations

from datetime import datetime

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from candidates.enums import DocumentKind
from candidates.models import Document
from candidates.operations import add_document, kept_file
from hiring.models import Application, ApplicationAnswer, ApplicationDocument
from hiring.operations.moves import load
from hiring.queries.careers import is_over_for_its_person
from hiring.queries.documents import documents_of_it_alone
from hiring.rules.careers import MOST_DOCUMENTS
from rendering.documents.sniffing import DocumentRefused


def tie_document(*, application: Application, document: Document) -> None:
    """Let a document be one of an application, the newest of them. The caller is in a transaction."""
    ties = ApplicationDocument.objects
    ties.filter(application=application, document=document).delete()
    ties.bulk_create([ApplicationDocument(application=application, document=document)], ignore_conflicts=True)


def kind_of_another(application: Application) -> DocumentKind:
    """Return what a further document of an application is: its résumé, if it has none. One query."""
    has_resume = application.documents.filter(document__kind=DocumentKind.RESUME).exists()
    return DocumentKind.OTHER if has_resume else DocumentKind.RESUME


def send_own_document(
    *, application: Application, upload: File[bytes], instead_of: Document | None = None, now: datetime
) -> Document:
    """Let whoever holds the status link of an application send a file for it, and return its document.

    It takes the place of `instead_of`, also as an answer of the form; the old one stays with its application, for
    those who read it. Else it is one more: the résumé, if there was none.
    Side effects: those of `candidates.operations.add_document`; the file is written before the transaction.
    Raises: `DocumentRefused`, also when the application is over ("over") or has very many documents ("many").
    """
    kind = DocumentKind(instead_of.kind) if instead_of is not None else kind_of_another(application)
    with kept_file(upload=upload, kind=kind) as kept, transaction.atomic():
        current = load(application)
        if is_over_for_its_person(current):
            raise DocumentRefused(
                "over", _("We do not go on with this application, so nothing can be added to it.")
            )
        if current.documents.count() >= MOST_DOCUMENTS:
            raise DocumentRefused(
                "many", _("Very many documents were sent for this application. Write to us about this one.")
            )
        document = add_document(
            candidate=current.candidate,
            kind=kind,
            kept=kept,
            among=documents_of_it_alone(current),
            by=None,
            now=now,
        )
        tie_document(application=current, document=document)
        if instead_of is not None and instead_of.pk != document.pk:
            ApplicationAnswer.objects.filter(application=current, document=instead_of).update(
                document=document
            )
            others = ApplicationDocument.objects.filter(document=instead_of).exclude(application=current)
            if not others.exists():
                Document.objects.filter(pk=instead_of.pk, replaced_at=None).update(replaced_at=now)
    return document
