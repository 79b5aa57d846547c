from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from assessments.models import Invitation
from hiring.enums import StageActionKind, StageActionState
from hiring.models.applications import Application
from hiring.models.interviews import Interview
from hiring.models.pipelines import Stage
from outbox.models import Message


class StageAction(models.Model):
    """What entering a stage asks for: waiting, done or failed."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="actions")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    # Of the transition that entered it: entering once asks once, however often a worker looks.
    transition_number = models.PositiveIntegerField()
    kind = models.CharField(_("kind"), max_length=20, choices=StageActionKind)
    # The title of an interview.
    item = models.CharField(max_length=80, blank=True)
    state = models.CharField(
        _("state"), max_length=20, choices=StageActionState, default=StageActionState.WAITING
    )
    # Why it failed or how it was done, as a code.
    code = models.CharField(max_length=40, blank=True)
    invitation = models.ForeignKey(
        Invitation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    interview = models.ForeignKey(
        Interview, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("action of a stage")
        verbose_name_plural = _("actions of stages")
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="hiring_stageaction_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "transition_number", "kind", "item"],
                name="%(app_label)s_%(class)s_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=StageActionKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=StageActionState.values), name="%(app_label)s_%(class)s_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} on entering stage {self.stage_id}, application {self.application_id}"
