from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.visible import VisibleQuerySet


class Organisation(models.Model):
    """The one organisation of this installation: what candidates see of it."""

    name = models.CharField(_("name"), max_length=120, default="Shortlist")
    site_address = models.URLField(
        _("site address"),
        blank=True,
        help_text=_("Where people reach this site. Links in mail start with it."),
    )
    accent = models.CharField(_("accent colour"), max_length=7, default="#4f46e5")
    sender = models.CharField(_("sender"), max_length=200, blank=True)
    reply_to = models.EmailField(_("reply-to"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    privacy_contact = models.EmailField(_("privacy contact"), blank=True)
    mail_footer = models.TextField(_("mail footer"), blank=True, max_length=1000)
    is_sample = models.BooleanField(
        _("sample data"), default=False, help_text=_("Everything here is made up. Every page says so.")
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="%(app_label)s_%(class)s_one_row"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where links start: the address set here, else the one of the settings."""
        return (self.site_address or settings.SITE_ADDRESS).rstrip("/")
