from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet


class Event(models.Model):
    """What happened, append-only: ids and codes, never a name. Names are looked up when it is read."""

    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10)
    # Most of what happens is done by nobody who signs in: its index leaves these out.
    actor_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        db_index=False,
    )
    actor_key_id = models.PositiveBigIntegerField(null=True, blank=True)
    person_ref = models.CharField(max_length=16, blank=True)
    about = models.CharField(max_length=60, blank=True)
    about_id = models.PositiveBigIntegerField(null=True, blank=True)
    data = models.JSONField(default=dict)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes = [
            models.Index(fields=["person_ref", "at"], name="outbox_event_person"),
            models.Index(fields=["about", "about_id", "at"], name="outbox_event_about"),
            models.Index(
                fields=["actor_user"], condition=Q(actor_user__isnull=False), name="outbox_event_actor"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}:{self.about_id}"
