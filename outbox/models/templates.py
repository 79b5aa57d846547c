from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet


class MessageTemplate(models.Model):
    """Words of a kind of mail. Merge fields are checked when it is saved; unknown ones are an error there.

    Free letters have names; kinds with built-in words have none.
    """

    kind = models.CharField(_("kind"), max_length=60)
    language = models.CharField(_("language"), max_length=10, default="en")
    # Everywhere when empty, else the one thing it is for, in the words of the app that knows it.
    scope = models.CharField(max_length=60, blank=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=10_000)
    button = models.CharField(_("button"), max_length=60, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("message template")
        verbose_name_plural = _("message templates")
        indexes = [models.Index(fields=["scope"], name="outbox_template_scope")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "scope", "name"],
                name="%(app_label)s_%(class)s_one_per_kind_language_scope_name",
                violation_error_message=_("There is a template of this kind in this language already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.language})"
