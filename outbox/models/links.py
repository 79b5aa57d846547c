from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import VisibleQuerySet
from accounts.rules import random_code
from outbox.enums import LinkPurpose


class AccessLink(models.Model):
    """A link that a candidate or a colleague holds. Nothing stored opens it: its token is derived from `LINK_KEYS`."""

    purpose = models.CharField(max_length=20, choices=LinkPurpose)
    public_id = models.CharField(max_length=16, unique=True, default=random_code)
    # A resend keeps the generation, a re-issue raises it and so kills the older link.
    generation = models.PositiveIntegerField(default=1)
    person_ref = models.CharField(
        max_length=16, blank=True, db_index=True, help_text="Public id of the candidate."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="access_links"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__in=LinkPurpose.values), name="%(app_label)s_%(class)s_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=LinkPurpose.of_colleagues, user__isnull=False, person_ref="")
                | (~Q(purpose__in=LinkPurpose.of_colleagues) & Q(user__isnull=True) & ~Q(person_ref="")),
                name="%(app_label)s_%(class)s_one_holder",
            ),
            models.UniqueConstraint(
                fields=["user", "purpose"], name="%(app_label)s_%(class)s_once_per_colleague"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} link {self.public_id}"

    def is_open(self, *, now: datetime) -> bool:
        """Whether the link opens anything at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now <= self.expires_at)
