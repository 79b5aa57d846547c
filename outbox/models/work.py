from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from accounts.rules import random_code
from outbox.enums import WorkState


class Work(models.Model):
    """Long work that somebody asked for: its frozen ids, its progress, its result."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code)
    kind = models.CharField(_("kind"), max_length=60)
    # The same intent asked for twice (a double click) is one piece of work.
    intent = models.CharField(max_length=120, unique=True)
    arguments = models.JSONField(default=dict)
    # What was uploaded for it, or what it made.
    file = models.FileField(upload_to="work/", null=True, blank=True)
    # Whose rights the work has; without the kind, a user's work would become the system's when the user goes.
    actor_kind = models.CharField(max_length=10)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    api_key_id = models.PositiveBigIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    state = models.CharField(_("state"), max_length=20, choices=WorkState, default=WorkState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    # When a worker has to look again: at the next try, or when the lease of the one that runs it is over.
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("work")
        verbose_name_plural = _("work")
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state__in=["queued", "running"]), name="outbox_work_open"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=WorkState.values), name="%(app_label)s_%(class)s_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def shown_state(self) -> WorkState:
        """The state with its label and colour."""
        return WorkState(self.state)

    @property
    def file_name(self) -> str:
        """What the file is called that it made for whoever asked, kept or not; "" when it made none."""
        return str(self.result.get("file", ""))

    @property
    def is_open(self) -> bool:
        """Whether there is still something to wait for."""
        return self.state in WorkState.open_states
