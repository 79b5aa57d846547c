from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from hiring.enums import ApprovalState
from hiring.models.applications import Application
from hiring.models.pipelines import Stage


class Approval(models.Model):
    """The word that lets an application come to a stage which needs one: asked for, then given or not.

    Whoever may approve and moves somebody there themselves has given it with the move: such a row was never asked for.
    """

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="approvals", verbose_name=_("application")
    )
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", verbose_name=_("stage"))
    # Null where a rule asked, with the moment; where nobody did, without.
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"), null=True, blank=True)
    # Both are about the person; erasure blanks them.
    note = models.CharField(_("note"), max_length=1000, blank=True)
    comment = models.CharField(_("reason"), max_length=1000, blank=True)
    state = models.CharField(_("state"), max_length=20, choices=ApprovalState, default=ApprovalState.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    # Of the transition that it led to, or by which it was asked for no more: undoing that asks again.
    transition_number = models.PositiveIntegerField(null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state="waiting"), name="hiring_approval_waiting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application"],
                condition=Q(state="waiting"),
                name="%(app_label)s_%(class)s_one_waiting",
                violation_error_message=_("An approval is asked for already."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=ApprovalState.values), name="%(app_label)s_%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", asked_at__isnull=False, decided_at=None)
                | ~Q(state="waiting") & Q(decided_at__isnull=False),
                name="%(app_label)s_%(class)s_waiting_or_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"approval {self.pk} for application {self.application_id}"
