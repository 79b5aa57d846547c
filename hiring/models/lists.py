from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from candidates.models import Candidate
from hiring.enums import ListName
from hiring.models.jobs import Job


class SavedFilter(models.Model):
    """What somebody narrows a list down to, under a name."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters"
    )
    list = models.CharField(max_length=40, choices=ListName)
    job = models.ForeignKey(
        Job, null=True, blank=True, on_delete=models.CASCADE, related_name="saved_filters"
    )
    name = models.CharField(_("name"), max_length=80)
    # As it stands in the address of the list.
    query = models.CharField(max_length=2000)
    is_shared = models.BooleanField(_("for everyone who sees the job"), default=False)
    created_at = models.DateTimeField()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "list", "job", "name"],
                condition=Q(job__isnull=False),
                name="%(app_label)s_%(class)s_name_once_a_job",
                violation_error_message=_("You have a filter of this name already."),
            ),
            models.UniqueConstraint(
                fields=["owner", "list", "name"],
                condition=Q(job=None),
                name="%(app_label)s_%(class)s_name_once",
                violation_error_message=_("You have a filter of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(list__in=ListName.values), name="%(app_label)s_%(class)s_list_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Follow(models.Model):
    """That a colleague wants to know what happens with a job, or with a person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.CASCADE, related_name="followers")
    candidate = models.ForeignKey(
        Candidate, null=True, blank=True, on_delete=models.CASCADE, related_name="followers"
    )

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.CheckConstraint(
                condition=Q(job__isnull=False, candidate=None) | Q(job=None, candidate__isnull=False),
                name="%(app_label)s_%(class)s_one_thing",
            ),
            models.UniqueConstraint(
                fields=["user", "job"],
                condition=Q(job__isnull=False),
                name="%(app_label)s_%(class)s_job_once",
            ),
            models.UniqueConstraint(
                fields=["user", "candidate"],
                condition=Q(candidate__isnull=False),
                name="%(app_label)s_%(class)s_person_once",
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.user_id} follows {'job' if self.job_id else 'person'} {self.job_id or self.candidate_id}"
        )
