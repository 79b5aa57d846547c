"""Documents of the people who apply: what there is of an application, and who may take a file with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value

from accounts.enums import Role
from accounts.models import Actor
from candidates import queries as candidates
from candidates.enums import DocumentKind, DocumentState, DocumentTrouble
from candidates.models import Document, DocumentPage
from hiring.enums import Capability
from hiring.models import Application, ApplicationDocument
from hiring.queries.access import jobs_where


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document of an application, as its page lists it."""

    document: Document
    is_shown: bool
    may_take: bool

    @property
    def kind(self) -> DocumentKind:
        return DocumentKind(self.document.kind)

    @property
    def state(self) -> DocumentState:
        """For the pill."""
        return DocumentState(self.document.state)

    @property
    def was_replaced(self) -> bool:
        """Whether a newer résumé is shown in its place."""
        return self.kind == DocumentKind.RESUME and not self.is_shown


@dataclass(frozen=True, slots=True)
class ApplicationDocuments:
    """The documents of an application; of the one that is shown its pages and words too."""

    lines: Sequence[DocumentLine]
    shown: Document | None = None
    pages: Sequence[DocumentPage] = ()
    text: str = ""

    @property
    def state(self) -> DocumentState | None:
        """How far the one that is shown has been read."""
        return DocumentState(self.shown.state) if self.shown else None

    @property
    def why(self) -> DocumentTrouble | None:
        """Why the one that is shown cannot be read, or not all of it."""
        return DocumentTrouble(self.shown.why) if self.shown and self.shown.why else None

    @property
    def may_take(self) -> bool:
        """Whether the actor may take the one that is shown with them."""
        return any(line.may_take for line in self.lines if line.is_shown)


def documents_of(application: Application, actor: Actor, *, chosen: str = "") -> ApplicationDocuments:
    """Return the documents of `application` that `actor` may see, and what is read of its résumé or of `chosen`.

    Those of the person's other applications are not among them, whoever asks. One query, or three where one is shown.
    """
    tied = ApplicationDocument.objects.filter(document=OuterRef("pk"))
    rows = (
        candidates.documents(application.candidate, actor)
        .filter(Exists(tied.filter(application=application)) | ~Exists(tied))
        .annotate(may_take=_takes_along(actor))
        .select_related("added_by")
    )
    documents = list(rows)
    shown = next((row for row in documents if row.public_id == chosen), None) or next(
        (row for row in documents if row.kind == DocumentKind.RESUME), None
    )
    lines = [DocumentLine(row, is_shown=row == shown, may_take=row.may_take) for row in documents]
    if shown is None:
        return ApplicationDocuments(lines)
    pages = list(DocumentPage.objects.filter(document=shown).order_by("number"))
    [text] = Document.objects.filter(pk=shown.pk).values_list("text", flat=True)
    return ApplicationDocuments(lines, shown=shown, pages=pages, text=text)


def documents_of_it_alone(application: Application) -> QuerySet[Document]:
    """Return the documents that came with `application` and with no other, whose résumé they may still be. Lazy."""
    tied = ApplicationDocument.objects.filter(document=OuterRef("pk"))
    return Document.objects.filter(
        Exists(tied.filter(application=application)), ~Exists(tied.exclude(application=application))
    )


def documents_to_take(actor: Actor) -> QuerySet[Document]:
    """Return the documents whose files `actor` may take with them, not only look at. Lazy.

    Those of the applications for jobs on which they may, and recruiters those of people without any.
    """
    return Document.objects.all().visible_to(actor).alias(may_take=_takes_along(actor)).filter(may_take=True)


def _takes_along(actor: Actor) -> ExpressionWrapper[Any] | Value:
    """The condition that `actor` may take along the file of a document that they see."""
    if actor.api_key is not None:
        return Value(False)
    if actor.has_role(Role.ADMINISTRATOR):
        return Value(True)
    theirs = Application.objects.filter(job__in=jobs_where(actor, Capability.DOWNLOAD))
    tied = ApplicationDocument.objects.filter(document=OuterRef("pk"))
    loose = Q(candidate__in=theirs.values("candidate"))
    if actor.has_role(Role.RECRUITER):
        loose |= Q(~Exists(Application.objects.filter(candidate=OuterRef("candidate"))))
    taken = Exists(tied.filter(application__in=theirs)) | (Q(~Exists(tied)) & loose)
    return ExpressionWrapper(taken, output_field=BooleanField())
