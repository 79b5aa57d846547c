from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from accounts.rules import random_code
from assessments.models import Invitation, Score
from candidates.models import Candidate
from hiring.enums import ApplicationStatus, Source, TestOutcome, TransitionCause
from hiring.models.jobs import Job
from hiring.models.pipelines import Stage


class RejectionReason(models.Model):
    """Why applications are rejected, in words the organisation chose."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("rejection reason")
        verbose_name_plural = _("rejection reasons")

    def __str__(self) -> str:
        return self.name


class Application(models.Model):
    """One person's way through one job. Two doors change it: `move_to_stage` and `change_status`."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code, editable=False)
    candidate = models.ForeignKey(
        Candidate, on_delete=models.PROTECT, related_name="applications", verbose_name=_("candidate")
    )
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="applications", verbose_name=_("job"))
    stage = models.ForeignKey(
        Stage, on_delete=models.PROTECT, related_name="applications", verbose_name=_("stage")
    )
    status = models.CharField(
        _("status"), max_length=20, choices=ApplicationStatus, default=ApplicationStatus.ACTIVE
    )
    source = models.CharField(_("source"), max_length=20, choices=Source, default=Source.ADDED)
    applied_at = models.DateTimeField(_("applied at"))
    stage_entered_at = models.DateTimeField(_("at this stage since"))
    # Raised by every move; a move says which version it saw, so two people cannot move past each other.
    version = models.PositiveIntegerField(default=1)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        indexes = [
            models.Index(fields=["job", "status", "stage"], name="hiring_application_board"),
            models.Index(
                fields=["stage_entered_at"], condition=Q(status="active"), name="hiring_application_ageing"
            ),
            models.Index(fields=["applied_at"], name="hiring_application_applied"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "job"],
                condition=Q(status__in=["active", "on_hold"]),
                name="%(app_label)s_%(class)s_one_live_a_job",
                violation_error_message=_("This person has a live application for this job already."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=ApplicationStatus.values), name="%(app_label)s_%(class)s_status_known"
            ),
            models.CheckConstraint(
                condition=Q(source__in=Source.values), name="%(app_label)s_%(class)s_source_known"
            ),
        ]

    def __str__(self) -> str:
        return f"application {self.public_id}"


class ApplicationTransition(models.Model):
    """A move of an application: from, to, who, why, when. Append-only; every metric is computed from these."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="transitions")
    number = models.PositiveIntegerField()
    from_stage = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT, related_name="+")
    to_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    from_status = models.CharField(max_length=20, choices=ApplicationStatus, blank=True)
    to_status = models.CharField(max_length=20, choices=ApplicationStatus)
    cause = models.CharField(max_length=20, choices=TransitionCause)
    reason = models.ForeignKey(
        RejectionReason, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # May say something about the person; erasure blanks it.
    comment = models.CharField(max_length=1000, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        indexes = [models.Index(fields=["at"], name="hiring_transition_at")]
        constraints = [
            # Doubles as the guard of a race: the second writer of the same number loses.
            models.UniqueConstraint(
                fields=["application", "number"], name="%(app_label)s_%(class)s_number_once"
            ),
            models.CheckConstraint(
                condition=~Q(to_status="rejected") | Q(reason__isnull=False) | Q(from_status="rejected"),
                name="%(app_label)s_%(class)s_rejected_has_reason",
                violation_error_message=_("A rejection needs a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"transition {self.number} of application {self.application_id}"


class ApplicationAssessment(models.Model):
    """The link between an application and a test invitation, and what its result meant for the stage."""

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="assessments", verbose_name=_("application")
    )
    invitation = models.OneToOneField(
        Invitation, on_delete=models.PROTECT, related_name="application_link", verbose_name=_("invitation")
    )
    # Where the application was when it was invited; a score moves only those who still stand there.
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", verbose_name=_("stage"))
    outcome = models.CharField(_("result"), max_length=20, choices=TestOutcome, default=TestOutcome.PENDING)
    # What the outcome was derived from; a newer score is applied again.
    score = models.ForeignKey(Score, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Why the application did not move, as a code of hiring.rules; blank when it moved.
    why_stayed = models.CharField(max_length=40, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    # When the result is applied again after that went wrong, and how often it has gone wrong.
    apply_due_at = models.DateTimeField(null=True, blank=True)
    apply_tries = models.PositiveSmallIntegerField(default=0)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("test of an application")
        verbose_name_plural = _("tests of applications")
        indexes = [models.Index(fields=["outcome"], name="hiring_appassessment_outcome")]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=TestOutcome.values), name="%(app_label)s_%(class)s_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"test {self.invitation_id} of application {self.application_id}"
