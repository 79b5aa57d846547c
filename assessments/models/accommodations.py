from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from assessments.enums import AccommodationState
from assessments.models.invitations import Invitation


class AccommodationRequest(models.Model):
    """That a person asked for more time or another format before the start, and what was answered."""

    invitation = models.ForeignKey(
        Invitation, on_delete=models.PROTECT, related_name="accommodations", verbose_name=_("invitation")
    )
    # Says something about the person's health, often; erasure blanks it.
    text = models.TextField(_("what they need"), max_length=1000)
    wished_minutes = models.PositiveSmallIntegerField(
        _("wished extra minutes"), null=True, blank=True, validators=[MaxValueValidator(24 * 60)]
    )
    asked_at = models.DateTimeField(_("asked at"))
    state = models.CharField(
        _("state"), max_length=20, choices=AccommodationState, default=AccommodationState.OPEN
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # All the extra time that the person has since the answer, not what was added by it.
    extra_seconds = models.PositiveIntegerField(_("extra time in seconds"), default=0)
    # For the candidate to read; erasure blanks it.
    answer = models.TextField(_("answer"), max_length=1000, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for more time or another format")
        verbose_name_plural = _("requests for more time or another format")
        indexes = [
            models.Index(
                fields=["asked_at"], condition=Q(state="open"), name="assessments_accommodation_open"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(state="open"),
                name="%(app_label)s_%(class)s_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AccommodationState.values), name="%(app_label)s_%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at=None)
                | (~Q(state="open") & Q(answered_at__isnull=False)),
                name="%(app_label)s_%(class)s_answered_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk} for invitation {self.invitation_id}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return self.state == AccommodationState.OPEN
