from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from assessments.enums import AttemptState, InvitationState
from assessments.models.tests import AssessmentVersion
from candidates.models import Candidate
from outbox.models import AccessLink

if TYPE_CHECKING:
    from assessments.models.attempts import Attempt


class Invitation(models.Model):
    """That a person may take a version of a test. Facts only; where it stands is derived."""

    # "application:17:test:3:1" for example: asking twice for the same thing gives the same invitation.
    intent = models.CharField(max_length=120, unique=True)
    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="invitations", verbose_name=_("candidate")
    )
    version = models.ForeignKey(
        AssessmentVersion,
        on_delete=models.PROTECT,
        related_name="invitations",
        verbose_name=_("test version"),
    )
    link = models.OneToOneField(AccessLink, on_delete=models.PROTECT, related_name="invitation")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("invited at"))
    not_before = models.DateTimeField(_("opens at"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires at"))
    revoked_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    extra_seconds = models.PositiveIntegerField(_("extra time in seconds"), default=0)
    # Says something about the person's health, often: administrators alone read it, and erasure blanks it.
    extra_reason = models.CharField(_("why extra time"), max_length=300, blank=True)
    # Why somebody was invited although the retake rule says no; may say something about them, erasure blanks it.
    again_reason = models.CharField(_("why once more"), max_length=300, blank=True)
    # Why the link was replaced, the last time; may say something about them, erasure blanks it.
    reissue_reason = models.CharField(_("why a new link"), max_length=300, blank=True)
    # The language of the mail and the pages; empty means the person's, else the organisation's.
    language = models.CharField(_("language"), max_length=10, blank=True)
    # When the next reminder is due; null when there is none to come.
    remind_at = models.DateTimeField(_("next reminder"), null=True, blank=True)
    reminders_sent = models.PositiveSmallIntegerField(_("reminders sent"), default=0)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [
            models.Index(fields=["created_at"], name="assessments_invited_at"),
            models.Index(
                fields=["remind_at"], condition=Q(remind_at__isnull=False), name="assessments_reminder_due"
            ),  # assessments.send_reminders
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(not_before=None) | Q(not_before__lt=F("expires_at")),
                name="%(app_label)s_%(class)s_opens_before_it_expires",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def state(self, attempt: Attempt | None, *, now: datetime) -> InvitationState:
        """Where the invitation stands at `now`, given its latest attempt. Costs no query."""
        if attempt is not None and attempt.state == AttemptState.VOID:
            return InvitationState.VOID
        if attempt is not None and attempt.state == AttemptState.SUBMITTED:
            return InvitationState.FINISHED
        if attempt is not None:
            return InvitationState.STARTED
        if self.revoked_at is not None:
            return InvitationState.REVOKED
        if now > self.expires_at:
            return InvitationState.EXPIRED
        if self.not_before is not None and now < self.not_before:
            return InvitationState.WAITING
        return InvitationState.INVITED
