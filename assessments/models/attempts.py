from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from assessments.enums import AttemptEventKind, AttemptState, SubmittedBy
from assessments.models.invitations import Invitation
from assessments.models.tests import DrawRule
from questions.models import QuestionVersion


class Attempt(models.Model):
    """One sitting of a test. The server's clock decides; the stored deadline is the only one."""

    invitation = models.ForeignKey(
        Invitation, on_delete=models.PROTECT, related_name="attempts", verbose_name=_("invitation")
    )
    number = models.PositiveSmallIntegerField(_("attempt"), default=1)
    state = models.CharField(
        _("state"), max_length=20, choices=AttemptState, default=AttemptState.IN_PROGRESS
    )
    seed = models.PositiveBigIntegerField(help_text=_("The draw and every order can be repeated from it."))
    started_at = models.DateTimeField(_("started at"))
    deadline_at = models.DateTimeField(_("deadline"))
    # When a worker must look at it again; null once it is over.
    next_check_at = models.DateTimeField(null=True, blank=True)
    last_saved_at = models.DateTimeField(_("last saved at"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_by = models.CharField(_("ended by"), max_length=20, choices=SubmittedBy, blank=True)
    # Pushed ahead before each try, so that an attempt that cannot be scored does not hold up the others.
    score_due_at = models.DateTimeField(null=True, blank=True)
    score_tries = models.PositiveSmallIntegerField(default=0)
    # May say something about the person; erasure blanks it.
    void_reason = models.CharField(_("why it is void"), max_length=300, blank=True)
    current_score = models.ForeignKey(
        "Score", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [
            models.Index(
                fields=["next_check_at"], condition=Q(state="in_progress"), name="assessments_attempt_check"
            ),  # assessments.close_overdue
            models.Index(
                fields=["score_due_at"],
                condition=Q(state="submitted", current_score=None),
                name="assessments_attempt_unscored",
            ),  # assessments.score_submitted
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "number"], name="%(app_label)s_%(class)s_number_once"
            ),
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(state="in_progress"),
                name="%(app_label)s_%(class)s_one_in_progress",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AttemptState.values), name="%(app_label)s_%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=Q(deadline_at__gt=F("started_at")), name="%(app_label)s_%(class)s_has_time"
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False) | ~Q(state="submitted"),
                name="%(app_label)s_%(class)s_submitted_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"


class AttemptQuestion(models.Model):
    """A question as this person got it: the frozen version, its place, the order of its options, the answer."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(_("place"))
    rule = models.ForeignKey(DrawRule, on_delete=models.PROTECT, related_name="+")
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")
    option_order = models.JSONField(default=list)
    # Codes of the chosen options; the history is in AnswerRevision.
    answer = models.JSONField(_("answer"), default=list)
    answer_version = models.PositiveIntegerField(default=0)
    is_flagged = models.BooleanField(_("flagged"), default=False)

    class Meta:
        verbose_name = _("attempt question")
        verbose_name_plural = _("attempt questions")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "position"], name="%(app_label)s_%(class)s_place_once"
            ),
            models.UniqueConstraint(
                fields=["attempt", "question_version"], name="%(app_label)s_%(class)s_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.position} of attempt {self.attempt_id}"


class AnswerRevision(models.Model):
    """Every answer that was ever acknowledged. Append-only."""

    attempt_question = models.ForeignKey(AttemptQuestion, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    answer = models.JSONField(default=list)
    save_id = models.UUIDField()
    page_id = models.UUIDField()
    based_on = models.PositiveIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer revision")
        verbose_name_plural = _("answer revisions")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt_question", "number"], name="%(app_label)s_%(class)s_number_once"
            ),
            models.UniqueConstraint(
                fields=["attempt_question", "save_id"], name="%(app_label)s_%(class)s_save_once"
            ),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.attempt_question_id}"


class TimeAdjustment(models.Model):
    """Time given or taken after the start. Append-only; the deadline is recomputed from all of them."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="adjustments")
    seconds = models.IntegerField(_("seconds"))
    # May say something about the person; erasure blanks it.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("time adjustment")
        verbose_name_plural = _("time adjustments")

    def __str__(self) -> str:
        return f"{self.seconds} s for attempt {self.attempt_id}"


class AttemptEvent(models.Model):
    """What happened in a sitting, append-only: codes and numbers, never content."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=AttemptEventKind)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("attempt event")
        verbose_name_plural = _("attempt events")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AttemptEventKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of attempt {self.attempt_id}"
