from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from outbox.enums import NotifyBy


class Notification(models.Model):
    """That a colleague is to know of something. It holds no words: what may be read is decided when it is read."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    kind = models.CharField(max_length=60)
    # "application_new:12" for example: one event is told once, however often its cause runs.
    intent = models.CharField(max_length=120)
    # The row whose sight decides who may read of it, and the one it tells of where that is another.
    about = models.CharField(max_length=60, blank=True)
    about_id = models.PositiveBigIntegerField(null=True, blank=True)
    ref = models.PositiveBigIntegerField(null=True, blank=True)
    # The one thing that sight of that row hangs on, by the name that mail has for it: every page counts what is unread.
    scope = models.CharField(max_length=60, blank=True)
    person_ref = models.CharField(max_length=16, blank=True, db_index=True)
    # How many things of one kind it tells of at once, those that one import brought for example.
    count = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(_("created at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    # When it goes into a mail, unless it was read by then; null for never.
    mail_due_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="outbox_notification_list"),
            models.Index(fields=["user"], condition=Q(read_at=None), name="outbox_notification_unread"),
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mailed_at=None, mail_due_at__isnull=False),
                name="outbox_notification_due",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "intent"], name="%(app_label)s_%(class)s_once_per_event"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class NotificationChoice(models.Model):
    """When a colleague wants mail about a kind of event, where that differs from what is usual."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_choices"
    )
    kind = models.CharField(max_length=60)
    how = models.CharField(max_length=20, choices=NotifyBy)

    class Meta:
        verbose_name = _("choice of notifications")
        verbose_name_plural = _("choices of notifications")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="%(app_label)s_%(class)s_once"),
            models.CheckConstraint(
                condition=Q(how__in=NotifyBy.values), name="%(app_label)s_%(class)s_how_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}: {self.how}"
