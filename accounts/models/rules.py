from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class RoleRule(models.Model):
    """Where this installation differs from what a role may do by default. The defaults are in code, without a row."""

    # A role of the organisation, or one within a job: which there are is the registry's matter.
    role = models.CharField(_("role"), max_length=20)
    capability = models.CharField(_("may"), max_length=60)
    allowed = models.BooleanField(_("allowed"))
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("rule of a role")
        verbose_name_plural = _("rules of roles")
        constraints = [
            models.UniqueConstraint(fields=["role", "capability"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.capability} {'allowed' if self.allowed else 'refused'}"
