from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from candidates.enums import NoteAudience
from candidates.models.people import Candidate


class Note(models.Model):
    """What a colleague wrote about a person."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="notes")
    audience = models.CharField(
        _("who may read it"), max_length=20, choices=NoteAudience, default=NoteAudience.TEAM
    )
    body = models.TextField(_("note"), max_length=10_000)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("written at"))

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.CheckConstraint(
                condition=Q(audience__in=NoteAudience.values), name="%(app_label)s_%(class)s_audience_known"
            ),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"


class NoteMention(models.Model):
    """That a note calls a colleague."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(fields=["note", "user"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"note {self.note_id} calls {self.user_id}"
