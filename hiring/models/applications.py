from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from accounts.rules import random_code
from assessments.models import Attempt, Invitation, Score
from candidates.models import Candidate
from hiring.enums import ApplicationStatus, Source, TestOutcome, TransitionCause
from hiring.models.arriving import TrackingLink
from hiring.models.jobs import Job
from hiring.models.pipelines import Stage
from outbox.models import AccessLink


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
    # Who has the credit for it.
    tracking_link = models.ForeignKey(
        TrackingLink, null=True, blank=True, on_delete=models.PROTECT, related_name="applications"
    )
    referred_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agency = models.CharField(_("agency"), max_length=120, blank=True)
    # What another system calls it; an import with the same id finds it again.
    external_id = models.CharField(max_length=100, blank=True)
    # What a stranger typed who has the address of somebody known: shown, and never written over theirs.
    typed_name = models.CharField(max_length=200, blank=True)
    typed_phone = models.CharField(max_length=50, blank=True)
    # Of the page where it was sent.
    language = models.CharField(_("language"), max_length=10, blank=True)
    # An answer asks for a second look; nobody is rejected by it.
    is_flagged = models.BooleanField(_("flagged"), default=False)
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="again"
    )
    status_link = models.ForeignKey(
        AccessLink, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(_("applied at"))
    # The furthest stage it ever was at, by its place: what the transitions say, kept so that lists need not ask them.
    furthest_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    stage_entered_at = models.DateTimeField(_("at this stage since"))
    # Raised by every move; a move says which version it saw, so two people cannot move past each other.
    version = models.PositiveIntegerField(default=1)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        indexes = [
            models.Index(
                fields=["job", "status", "stage", "stage_entered_at", "id"], name="hiring_application_board"
            ),
            # Holds all that a funnel asks of them, so that it reads nothing else.
            models.Index(
                fields=["job", "applied_at", "furthest_stage", "status"], name="hiring_application_of_job"
            ),
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
            models.UniqueConstraint(
                fields=["job", "external_id"],
                condition=~Q(external_id=""),
                name="%(app_label)s_%(class)s_external_id_once",
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
    # The indexes below begin with the stages.
    from_stage = models.ForeignKey(
        Stage, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    to_stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+", db_index=False)
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
    # Since when it stood, live, at the stage where it is moved from or decided about. Null where it stood nowhere: the
    # first one, and whatever follows a final status. So a stay is one row, and no report looks for its beginning.
    since = models.DateTimeField(null=True, blank=True)
    undoes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="undone_by"
    )
    # What the history says of a stay that this ended, kept so that reports add up rows instead of reading histories;
    # `hiring.operations.stays` alone writes it. Null where no stay ended: on hold, restored, undone.
    # How long the stay was, in microseconds.
    stayed = models.BigIntegerField(null=True, blank=True)
    # When the application left any stage before this, and a stage of the same kind before and after.
    left_before = models.DateTimeField(null=True, blank=True)
    kind_left_before = models.DateTimeField(null=True, blank=True)
    kind_left_again = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        indexes = [
            models.Index(fields=["at"], name="hiring_transition_at"),
            # Hold all that reports ask of the stays that ended, so that they read nothing else.
            models.Index(
                fields=[
                    *("from_stage", "at", "to_stage", "to_status", "cause"),
                    *("stayed", "left_before", "kind_left_before", "kind_left_again"),
                ],
                condition=Q(stayed__isnull=False),
                name="hiring_transition_left",
            ),
            models.Index(
                fields=["from_stage", "at", "application", "stayed"],
                condition=Q(kind_left_before__isnull=False) | Q(kind_left_again__isnull=False),
                name="hiring_transition_left_again",
            ),
            models.Index(fields=["to_stage", "at"], name="hiring_transition_reached"),
            models.Index(
                fields=["application", "number", "at"],
                condition=Q(to_status="hired"),
                name="hiring_transition_hired",
            ),
        ]
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
            models.CheckConstraint(
                condition=Q(stayed=None, left_before=None, kind_left_before=None, kind_left_again=None)
                | Q(stayed__isnull=False, since__isnull=False)
                & (~Q(to_stage=F("from_stage")) | Q(to_status__in=["rejected", "withdrawn", "hired"])),
                name="%(app_label)s_%(class)s_stayed_and_left",
            ),
        ]

    def __str__(self) -> str:
        return f"transition {self.number} of application {self.application_id}"


class ApplicationAssessment(models.Model):
    """The link between an application and a test, and what its result meant for the stage.

    The test is one that the person was invited to, or an attempt of earlier whose result is used again.
    """

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="assessments", verbose_name=_("application")
    )
    invitation = models.OneToOneField(
        Invitation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="application_link",
        verbose_name=_("invitation"),
    )
    reused_attempt = models.ForeignKey(
        Attempt, null=True, blank=True, on_delete=models.PROTECT, related_name="reused_by"
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
            models.CheckConstraint(
                condition=Q(invitation__isnull=False, reused_attempt=None)
                | Q(invitation=None, reused_attempt__isnull=False),
                name="%(app_label)s_%(class)s_invited_or_reused",
            ),
            models.UniqueConstraint(
                fields=["application", "reused_attempt"], name="%(app_label)s_%(class)s_reused_once"
            ),
        ]

    def __str__(self) -> str:
        return f"test {self.pk} of application {self.application_id}"

    @property
    def sat_by(self) -> Invitation:
        """The invitation by which the test is taken: one's own, or that of the attempt whose result is used again."""
        if self.invitation is not None:
            return self.invitation
        # A constraint says that it is one or the other.
        assert self.reused_attempt is not None
        return self.reused_attempt.invitation
