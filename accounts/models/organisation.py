from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import MailSecurity
from accounts.models.visible import VisibleQuerySet
from accounts.rules import is_loopback


class Organisation(models.Model):
    """The one organisation of this installation: what candidates see of it, and how its mail goes out.

    Every page reads this row, so what every page needs to know stands here, and nothing that is large.
    """

    name = models.CharField(_("name"), max_length=120, default="Shortlist")
    # Of the row of `Logo`, "" without one.
    logo_digest = models.CharField(max_length=64, blank=True)
    # What the next start is to use where the environment names none; `address` is what this one uses.
    site_address = models.CharField(_("site address"), max_length=200, blank=True)
    accent = models.CharField(_("accent colour"), max_length=7, default="#4f46e5")
    sender = models.CharField(_("sender"), max_length=200, blank=True)
    reply_to = models.EmailField(_("reply-to"), blank=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC")
    language = models.CharField(_("language"), max_length=10, default="en")
    privacy_contact = models.EmailField(_("privacy contact"), blank=True)
    mail_footer = models.TextField(_("mail footer"), blank=True, max_length=1000)
    # Markdown. The one long text; `queries.organisation` leaves it where it is until somebody asks.
    careers_introduction = models.TextField(_("careers introduction"), blank=True, max_length=5000)

    mail_goes_out = models.BooleanField(_("mail goes out"), default=False)
    mail_host = models.CharField(_("mail server"), max_length=253, blank=True)
    mail_port = models.PositiveIntegerField(_("port"), default=587)
    mail_security = models.CharField(
        _("encryption"), max_length=10, choices=MailSecurity, default=MailSecurity.STARTTLS
    )
    mail_user = models.CharField(_("user name"), max_length=200, blank=True)
    # Sealed under SECRET_KEY by outbox, which alone opens it.
    mail_password = models.CharField(_("password"), max_length=1000, blank=True)

    # Steps of the first day that somebody said are not needed, by code.
    set_aside = models.JSONField(default=list, blank=True)
    is_sample = models.BooleanField(
        _("sample data"), default=False, help_text=_("Everything here is made up. Every page says so.")
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="%(app_label)s_%(class)s_one_row"),
            models.CheckConstraint(
                condition=Q(mail_goes_out=False) | ~Q(mail_host=""),
                name="%(app_label)s_%(class)s_mail_has_a_server",
            ),
            models.CheckConstraint(
                condition=Q(mail_security__in=MailSecurity.values),
                name="%(app_label)s_%(class)s_mail_security_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where links start: the address that this process was started with, and so answers to."""
        return str(settings.SITE_ADDRESS)

    @property
    def staff_language(self) -> str:
        """The language of mail to colleagues who chose none: candidates may be spoken to in more than they are."""
        return self.language if self.language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE

    @property
    def is_reachable(self) -> bool:
        """Whether other machines could open a link to this site."""
        return not is_loopback(urlsplit(self.address).hostname or "")

    @property
    def mail_is_local(self) -> bool:
        """Whether mail stays on this machine.

        Made-up people are never mailed, whatever the environment says. A mail server that was set up on its page is
        not used under an address that nobody else can open: the links in its mail would lead nowhere.
        """
        if self.is_sample:
            return True
        return not (settings.EMAIL_URL or (self.mail_goes_out and self.is_reachable))


class Logo(models.Model):
    """The picture of the organisation, made anew by us: in the database, so that every machine serves the same."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="logo")
    digest = models.CharField(max_length=64)
    media_type = models.CharField(max_length=20)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.digest
