from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ApiKey, CheckedModel, VisibleQuerySet
from hiring.enums import ClosingReason, FieldRule, JobKind, JobRole, JobStatus, SalaryPeriod


class Job(CheckedModel):
    """A position people apply for."""

    slug = models.SlugField(_("short name"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=150)
    department = models.CharField(_("department"), max_length=120, blank=True)
    team = models.CharField(_("team"), max_length=120, blank=True)
    location = models.CharField(_("location"), max_length=120, blank=True)
    kind = models.CharField(_("kind of work"), max_length=20, choices=JobKind, blank=True)
    description = models.TextField(_("description"), blank=True, max_length=20_000)
    salary_min = models.PositiveIntegerField(_("salary from"), null=True, blank=True)
    salary_max = models.PositiveIntegerField(_("salary to"), null=True, blank=True)
    # As in ISO 4217.
    salary_currency = models.CharField(_("currency"), max_length=3, blank=True)
    salary_period = models.CharField(_("salary for"), max_length=20, choices=SalaryPeriod, blank=True)
    salary_is_public = models.BooleanField(_("the careers page shows the salary"), default=False)
    is_listed = models.BooleanField(_("listed on the careers page"), default=True)
    # What the form for applicants asks for beside their name and address.
    form_introduction = models.TextField(_("introduction of the form"), blank=True, max_length=5_000)
    resume_rule = models.CharField(_("résumé"), max_length=20, choices=FieldRule, default=FieldRule.OPTIONAL)
    phone_rule = models.CharField(_("phone"), max_length=20, choices=FieldRule, default=FieldRule.OPTIONAL)
    apply_again_days = models.PositiveSmallIntegerField(_("days until people may apply again"), default=90)
    managers_move = models.BooleanField(_("hiring managers move people"), default=False)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    status = models.CharField(_("status"), max_length=20, choices=JobStatus, default=JobStatus.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    closing_reason = models.CharField(_("why closed"), max_length=20, choices=ClosingReason, blank=True)
    closing_comment = models.CharField(_("comment"), max_length=1000, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=JobStatus.values), name="%(app_label)s_%(class)s_status_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="") | Q(kind__in=JobKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(salary_period="") | Q(salary_period__in=SalaryPeriod.values),
                name="%(app_label)s_%(class)s_period_known",
            ),
            models.CheckConstraint(
                condition=Q(resume_rule__in=FieldRule.values, phone_rule__in=FieldRule.values),
                name="%(app_label)s_%(class)s_rules_known",
            ),
            models.CheckConstraint(
                condition=Q(salary_min=None) | Q(salary_max=None) | Q(salary_min__lte=F("salary_max")),
                name="%(app_label)s_%(class)s_salary_in_order",
                violation_error_message=_("The salary ends below where it begins."),
            ),
            models.CheckConstraint(
                condition=Q(salary_min=None, salary_max=None)
                | (~Q(salary_currency="") & ~Q(salary_period="")),
                name="%(app_label)s_%(class)s_salary_complete",
                violation_error_message=_("A salary needs a currency, and for how long it is paid."),
            ),
            models.CheckConstraint(
                condition=Q(closing_reason="") | Q(closing_reason__in=ClosingReason.values),
                name="%(app_label)s_%(class)s_reason_known",
            ),
            models.CheckConstraint(
                condition=(Q(status="closed") & ~Q(closing_reason=""))
                | (~Q(status="closed") & Q(closing_reason="")),
                name="%(app_label)s_%(class)s_closed_has_reason",
                violation_error_message=_("Say why the job is closed."),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Opening(models.Model):
    """One place that a job has to fill."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="openings", verbose_name=_("job"))
    number = models.PositiveSmallIntegerField(_("number"))
    opened_at = models.DateTimeField(_("opened at"))
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    close_reason = models.CharField(_("why closed"), max_length=20, choices=ClosingReason, blank=True)
    filled_by = models.OneToOneField(
        "hiring.Application", null=True, blank=True, on_delete=models.PROTECT, related_name="opening"
    )
    filled_at = models.DateTimeField(_("filled at"), null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("opening")
        verbose_name_plural = _("openings")
        constraints = [
            # Doubles as the guard of a race: two who open one at a moment get two numbers.
            models.UniqueConstraint(fields=["job", "number"], name="%(app_label)s_%(class)s_number_once"),
            models.CheckConstraint(
                condition=Q(close_reason="") | Q(close_reason__in=ClosingReason.values),
                name="%(app_label)s_%(class)s_reason_known",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, close_reason="")
                | (Q(closed_at__isnull=False) & ~Q(close_reason="")),
                name="%(app_label)s_%(class)s_closed_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(filled_by=None, filled_at=None)
                | Q(filled_by__isnull=False, filled_at__isnull=False),
                name="%(app_label)s_%(class)s_filled_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"opening {self.number} of job {self.job_id}"


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
