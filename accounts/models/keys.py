from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.visible import VisibleQuerySet
from accounts.rules import random_code


class ApiKey(models.Model):
    """A program's key: sees at most what its owner sees, does at most what its scopes say. Only its hash is kept."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    name = models.CharField(
        _("name"), max_length=120, help_text=_("What uses it, for example “Weekly report”.")
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys", verbose_name=_("owner")
    )
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")

    def __str__(self) -> str:
        return f"{self.name} ({self.public_id})"

    def is_good(self, *, now: datetime) -> bool:
        """Whether the key opens anything at `now`."""
        return self.revoked_at is None and now < self.expires_at and self.owner.is_active
