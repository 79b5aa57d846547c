from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from accounts.rules import random_code
from candidates.enums import DocumentKind, DocumentState, DocumentTrouble
from candidates.models.people import Candidate


class Document(models.Model):
    """A file of a person: sniffed, capped, private. A worker reads it, so that nobody has to open it elsewhere."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code, editable=False)
    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind, default=DocumentKind.RESUME)
    filename = models.CharField(_("file name"), max_length=200, blank=True)
    # What the content was found to be, whatever the name says.
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    # SHA-256 of the content: the same file twice is one document.
    digest = models.CharField(max_length=64, blank=True)
    file = models.FileField(upload_to="documents/")
    # Null for the person themselves.
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("added at"))
    # When a newer one took its place.
    replaced_at = models.DateTimeField(null=True, blank=True)

    state = models.CharField(_("state"), max_length=20, choices=DocumentState, default=DocumentState.WAITING)
    why = models.CharField(max_length=30, choices=DocumentTrouble, blank=True)
    page_count = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["waiting", "reading"]),
                name="candidates_document_due",
            ),
            # Each file that is written is looked for, to see whether a row keeps it.
            models.Index(fields=["file"], name="candidates_document_file"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=DocumentKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DocumentState.values), name="%(app_label)s_%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=Q(why="") | Q(why__in=DocumentTrouble.values),
                name="%(app_label)s_%(class)s_why_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class DocumentPage(models.Model):
    """A page of a document as a picture."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField()
    file = models.FileField(upload_to="pages/")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("page of a document")
        verbose_name_plural = _("pages of documents")
        constraints = [
            models.UniqueConstraint(
                fields=["document", "number"], name="%(app_label)s_%(class)s_number_once"
            ),
        ]

    def __str__(self) -> str:
        return f"page {self.number} of document {self.document_id}"
