from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from candidates.enums import ConsentPurpose
from candidates.models.people import Candidate


class ConsentText(models.Model):
    """What people are asked to agree to, word for word. A change is a new version."""

    purpose = models.CharField(_("purpose"), max_length=20, choices=ConsentPurpose)
    version = models.PositiveIntegerField(_("version"))
    # Empty for the organisation's own words, which are shown as they were written, whatever the page speaks.
    language = models.CharField(_("language"), max_length=10, blank=True)
    body = models.TextField(_("text"))
    created_at = models.DateTimeField(_("created at"))

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent text")
        verbose_name_plural = _("consent texts")
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "version"], name="%(app_label)s_%(class)s_one_per_version"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=ConsentPurpose.values), name="%(app_label)s_%(class)s_purpose_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class Consent(models.Model):
    """That a person agreed to a text, and when. Append-only."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="consents")
    about = models.CharField(max_length=60, blank=True)
    # 0 for nothing in particular: a null would make every row unlike every other on SQLite.
    about_id = models.PositiveBigIntegerField(default=0)
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "text", "about", "about_id"], name="%(app_label)s_%(class)s_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id} {self.text_id}"
