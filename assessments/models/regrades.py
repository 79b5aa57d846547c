from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from assessments.enums import RegradeState
from questions.models import AnswerKey, QuestionVersion


class RegradeRequest(models.Model):
    """That a mended key marks answers otherwise than scores say, and what was decided about these scores."""

    question_version = models.ForeignKey(
        QuestionVersion,
        on_delete=models.PROTECT,
        related_name="regrade_requests",
        verbose_name=_("question version"),
    )
    # Which says why, in its reason. One request a revision.
    key = models.OneToOneField(
        AnswerKey, on_delete=models.PROTECT, related_name="regrade_request", verbose_name=_("answer key")
    )
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    state = models.CharField(_("state"), max_length=20, choices=RegradeState, default=RegradeState.OPEN)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    note = models.CharField(_("what was decided"), max_length=300, blank=True)
    # The piece of work that marks again.
    work = models.CharField(max_length=16, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to mark again")
        verbose_name_plural = _("requests to mark again")
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state="open"), name="assessments_regrade_open")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=RegradeState.values), name="%(app_label)s_%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at=None) | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="%(app_label)s_%(class)s_settled_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"request to mark again by key {self.key_id}"
