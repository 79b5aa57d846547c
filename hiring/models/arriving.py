from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from accounts.rules import random_code
from hiring.enums import DraftState, Source
from hiring.models.jobs import Job


class TrackingLink(models.Model):
    """An address that says where applicants came from. How often it is opened is not counted."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code, editable=False)
    # Null for any job.
    job = models.ForeignKey(
        Job,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="tracking_links",
        verbose_name=_("job"),
    )
    name = models.CharField(_("name"), max_length=120)
    source = models.CharField(_("source"), max_length=20, choices=Source, default=Source.LINK)
    referred_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("colleague"),
    )
    agency = models.CharField(_("agency"), max_length=120, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("tracking link")
        verbose_name_plural = _("tracking links")
        constraints = [
            models.CheckConstraint(
                condition=Q(source__in=["link", "agency", "referral"]),
                name="%(app_label)s_%(class)s_source_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StagedUpload(models.Model):
    """A file of an application that is not sent yet. Of nobody so far, and soon forgotten."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="+")
    # The field of the form it was chosen in.
    field = models.CharField(max_length=40)
    file = models.FileField(upload_to="staged/")
    filename = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("staged upload")
        verbose_name_plural = _("staged uploads")

    def __str__(self) -> str:
        return f"staged upload {self.pk}"


class ResumeDraft(models.Model):
    """A résumé that a colleague dropped on a job, with what was guessed from it, until it is an application."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code, editable=False)
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="drafts", verbose_name=_("job"))
    file = models.FileField(upload_to="drafts/")
    filename = models.CharField(_("file name"), max_length=200, blank=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    # SHA-256 of the content: the same file dropped twice is one draft.
    digest = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=20, choices=DraftState, default=DraftState.READING)
    # Why it could not be read, as a code of `candidates.enums.DocumentTrouble`.
    why = models.CharField(max_length=30, blank=True)
    full_name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.CharField(_("email address"), max_length=320, blank=True)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    text = models.TextField(blank=True)
    application = models.ForeignKey(
        "hiring.Application", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("dropped at"))
    due_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of an application")
        verbose_name_plural = _("drafts of applications")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="reading"), name="hiring_resumedraft_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["job", "digest"],
                condition=~Q(state="dropped"),
                name="%(app_label)s_%(class)s_file_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DraftState.values), name="%(app_label)s_%(class)s_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"draft {self.public_id}"
