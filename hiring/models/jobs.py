from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, VisibleQuerySet
from hiring.enums import JobRole, JobStatus


class Job(models.Model):
    """A position people apply for."""

    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=150)
    department = models.CharField(_("department"), max_length=120, blank=True)
    location = models.CharField(_("location"), max_length=120, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    status = models.CharField(_("status"), max_length=20, choices=JobStatus, default=JobStatus.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=JobStatus.values), name="%(app_label)s_%(class)s_status_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class JobMember(models.Model):
    """What a colleague does on a job."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="members", verbose_name=_("job"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="job_memberships",
        verbose_name=_("colleague"),
    )
    role = models.CharField(_("role"), max_length=20, choices=JobRole)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("job member")
        verbose_name_plural = _("job members")
        constraints = [
            models.UniqueConstraint(
                fields=["job", "user", "role"],
                name="%(app_label)s_%(class)s_role_once",
                violation_error_message=_("This colleague has this role on the job already."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=JobRole.values), name="%(app_label)s_%(class)s_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id} on job {self.job_id}"


class ApiKeyJob(models.Model):
    """A job an API key is limited to. A key with none of these sees all jobs of its owner."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="job_limits")
    # Protected: a key that lost its last job would see all of them.
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("job of an API key")
        verbose_name_plural = _("jobs of API keys")
        constraints = [
            models.UniqueConstraint(fields=["api_key", "job"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"key {self.api_key_id}: job {self.job_id}"
