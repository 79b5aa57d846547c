from __future__ import annotations

from django.db import models
from django.db.models import Q

from outbox.enums import SignName


class Sign(models.Model):
    """What a part of the installation last said of itself: a worker that it lives, a person that mail is held."""

    name = models.CharField(max_length=30, unique=True, choices=SignName)
    at = models.DateTimeField()
    # Codes and numbers, never a name.
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(name__in=SignName.values), name="%(app_label)s_%(class)s_name_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Lease(models.Model):
    """Who may do something that only one may do at a time."""

    name = models.CharField(max_length=60, unique=True)
    holder = models.CharField(max_length=60, blank=True)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
