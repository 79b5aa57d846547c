from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet


class MessageTemplate(models.Model):
    """Words of a kind of mail. Merge fields are checked when it is saved; unknown ones are an error there."""

    kind = models.CharField(_("kind"), max_length=60)
    language = models.CharField(_("language"), max_length=10, default="en")
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=10_000)
    button = models.CharField(_("button"), max_length=60, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language"],
                name="%(app_label)s_%(class)s_one_per_kind_and_language",
                violation_error_message=_("There is a template of this kind in this language already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
