from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from accounts.rules import random_code
from assessments.models.invitations import Invitation
from assessments.models.tests import Assessment
from candidates.models import ConsentText
from outbox.models import AccessLink


class OpenLink(models.Model):
    """An address for a public posting: whoever confirms their mail address there gets an invitation to the test."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code, editable=False)
    assessment = models.ForeignKey(
        Assessment, on_delete=models.PROTECT, related_name="open_links", verbose_name=_("test")
    )
    # What the page is about, for whoever comes: "Working student, autumn".
    title = models.CharField(_("title"), max_length=120)
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    most_people = models.PositiveIntegerField(
        _("most people"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # How many were invited through it: counted here, so that the limit is one compare-and-set.
    taken = models.PositiveIntegerField(_("people"), default=0)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("open link")
        verbose_name_plural = _("open links")
        constraints = [
            models.CheckConstraint(
                condition=Q(most_people=None) | Q(taken__lte=F("most_people")),
                name="%(app_label)s_%(class)s_within_its_limit",
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(opens_at__lt=F("closes_at")),
                name="%(app_label)s_%(class)s_opens_before_it_closes",
                violation_error_message=_("The link must open before it closes."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_full(self) -> bool:
        """Whether as many came as may."""
        return self.most_people is not None and self.taken >= self.most_people

    def is_open(self, *, now: datetime) -> bool:
        """Whether somebody new can come in at `now`. Costs no query."""
        return (
            self.closed_at is None
            and not self.is_full
            and (self.opens_at is None or self.opens_at <= now)
            and (self.closes_at is None or now < self.closes_at)
        )


class SignUp(models.Model):
    """Somebody who typed a name and an address on an open link. They are nobody we know until they confirm it."""

    open_link = models.ForeignKey(OpenLink, on_delete=models.CASCADE, related_name="sign_ups")
    # What their mail and their link are known by, until there is a person.
    public_id = models.CharField(max_length=16, unique=True, default=random_code, editable=False)
    link = models.OneToOneField(AccessLink, on_delete=models.PROTECT, related_name="sign_up")
    # Blanked when it is confirmed: from then on the person has them.
    full_name = models.CharField(_("name"), max_length=200, blank=True)
    address = models.CharField(_("email address"), max_length=254, blank=True)
    normalised = models.CharField(max_length=254, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    agreed_to = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    mails = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    invitation = models.ForeignKey(
        Invitation, null=True, blank=True, on_delete=models.CASCADE, related_name="sign_ups"
    )

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(confirmed_at=None), name="assessments_signup_open"
            ),  # assessments.forget_sign_ups
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["open_link", "normalised"],
                condition=Q(confirmed_at=None),
                name="%(app_label)s_%(class)s_one_that_waits",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, invitation=None)
                | Q(confirmed_at__isnull=False, full_name="", address="", normalised=""),
                name="%(app_label)s_%(class)s_confirmed_names_nobody",
            ),
        ]

    def __str__(self) -> str:
        return f"sign-up {self.pk}"
