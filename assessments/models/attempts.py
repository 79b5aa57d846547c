from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from assessments.enums import AdjustmentKind, AttemptEventKind, AttemptState, SubmittedBy
from assessments.models.invitations import Invitation
from assessments.models.tests import AssessmentSection, DrawRule
from assessments.rules import is_in_time
from questions.models import QuestionVersion


class Attempt(models.Model):
    """One sitting of a test. The server's clock decides; the stored deadline is the only one."""

    # Of four bytes: every answer and every change of one carries it twice, in its row and in the key that finds it.
    id = models.AutoField(primary_key=True)
    # Found by the constraint of its numbers.
    invitation = models.ForeignKey(
        Invitation,
        on_delete=models.PROTECT,
        related_name="attempts",
        verbose_name=_("invitation"),
        db_index=False,
    )
    number = models.PositiveSmallIntegerField(_("attempt"), default=1)
    state = models.CharField(
        _("state"), max_length=20, choices=AttemptState, default=AttemptState.IN_PROGRESS
    )
    seed = models.PositiveBigIntegerField(help_text=_("The draw and every order can be repeated from it."))
    started_at = models.DateTimeField(_("started at"))
    deadline_at = models.DateTimeField(_("deadline"))
    # The window: the places that may be answered now, and until when where a part or a question has a limit of its own.
    open_from = models.PositiveSmallIntegerField(default=1)
    open_to = models.PositiveSmallIntegerField()
    window_deadline_at = models.DateTimeField(null=True, blank=True)
    # Taken piece by piece: there is an `AttemptSection` for every part of it.
    has_parts = models.BooleanField(default=False)
    # Whether the one tap for a little more time was used in this window.
    is_buffer_used = models.BooleanField(default=False)
    # The clock stands still from here on, until a colleague lets it run again.
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    # When a worker must look at it again; null once it is over, and while it is paused.
    next_check_at = models.DateTimeField(null=True, blank=True)
    # Raised when a colleague reopens it: the same keys then give a new score, because the answers may be others.
    sitting = models.PositiveSmallIntegerField(_("sitting"), default=1)
    # The browser window that acted last: any other one says that the test goes on elsewhere.
    tab_id = models.UUIDField(null=True, blank=True)
    # Marks of the devices, networks and browsers it was met from: `rules.origin_marks`. Erasure blanks them.
    origins = models.CharField(max_length=300, blank=True)
    # How much its pages have told; what came beyond the most that is kept was counted here alone.
    notes_seen = models.PositiveSmallIntegerField(default=0)
    last_saved_at = models.DateTimeField(_("last saved at"), null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    submitted_by = models.CharField(_("ended by"), max_length=20, choices=SubmittedBy, blank=True)
    # Pushed ahead before each try, so that an attempt that cannot be scored does not hold up the others.
    score_due_at = models.DateTimeField(null=True, blank=True)
    score_tries = models.PositiveSmallIntegerField(default=0)
    # May say something about the person; erasure blanks it.
    void_reason = models.CharField(_("why it is void"), max_length=300, blank=True)
    # Nobody asks which attempt a score is in force of but by the attempt.
    current_score = models.ForeignKey(
        "Score", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
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
                condition=Q(open_from__gte=1, open_from__lte=F("open_to") + 1),
                name="%(app_label)s_%(class)s_window_in_order",
            ),
            models.CheckConstraint(
                condition=Q(paused_at=None) | Q(state="in_progress", next_check_at=None),
                name="%(app_label)s_%(class)s_paused_while_running",
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False) | ~Q(state="submitted"),
                name="%(app_label)s_%(class)s_submitted_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"attempt {self.pk}"

    def is_open(self, *, now: datetime) -> bool:
        """Whether answers and the end of this attempt are still taken at `now`. Costs no query."""
        is_in_progress = self.state == AttemptState.IN_PROGRESS
        return is_in_progress and (self.paused_at is not None or is_in_time(self.deadline_at, now=now))

    @property
    def valid_until(self) -> datetime | None:
        """Until when the result counts; None while there is none, and where results do not grow old.

        The invitation and its version must be loaded.
        """
        days = self.invitation.version.valid_days
        if days is None or self.submitted_at is None or self.state != AttemptState.SUBMITTED:
            return None
        return self.submitted_at + timedelta(days=days)

    def clock(self, *, now: datetime) -> datetime:
        """The moment that the clock of this attempt shows at `now`: it stands still while it is paused."""
        return now if self.paused_at is None else min(self.paused_at, now)

    def has_time_left(self, *, now: datetime) -> bool:
        """Whether its person may go on at `now`, by the clock they see: without the allowance for slow networks."""
        return self.state == AttemptState.IN_PROGRESS and self.clock(now=now) < self.deadline_at

    def is_window_over(self, *, now: datetime) -> bool:
        """Whether the time of the part or the question that is open is over, by the clock its person sees."""
        return self.window_deadline_at is not None and self.clock(now=now) >= self.window_deadline_at

    @property
    def is_between_parts(self) -> bool:
        """Whether nothing is open: the next part waits to be started, or the test to be handed in."""
        return self.open_from > self.open_to


class AttemptSection(models.Model):
    """A part of a sitting that is taken on its own: forward only, or with a limit of its own. Others have no row."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="sections")
    section = models.ForeignKey(AssessmentSection, on_delete=models.PROTECT, related_name="+")
    first = models.PositiveSmallIntegerField(_("first place"))
    last = models.PositiveSmallIntegerField(_("last place"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    deadline_at = models.DateTimeField(_("deadline"), null=True, blank=True)

    class Meta:
        verbose_name = _("attempt section")
        verbose_name_plural = _("attempt sections")
        constraints = [
            models.UniqueConstraint(fields=["attempt", "first"], name="%(app_label)s_%(class)s_first_once"),
            models.CheckConstraint(
                condition=Q(first__gte=1, first__lte=F("last")), name="%(app_label)s_%(class)s_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"places {self.first} to {self.last} of attempt {self.attempt_id}"


class AttemptQuestion(models.Model):
    """A question as this person got it: the frozen version, its place, the order of its options, the answer.

    There are as many rows as answers in the world, so what finds them is their key alone; who looks for the attempts
    that had a version goes through the pools of tests.
    """

    pk = models.CompositePrimaryKey("attempt", "position")
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="questions", db_index=False)
    rule = models.ForeignKey(DrawRule, on_delete=models.PROTECT, related_name="+", db_index=False)
    question_version = models.ForeignKey(
        QuestionVersion, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # The window that saved last: its next change follows on its own, whatever it was based on.
    page_id = models.UUIDField(null=True, blank=True)
    # In this order the columns leave no gaps.
    answer_version = models.PositiveSmallIntegerField(default=0)
    position = models.PositiveSmallIntegerField(_("place"))
    # How long it was in sight, as browsers report it with their saves; null where none did.
    seconds = models.PositiveIntegerField(_("seconds in sight"), null=True, blank=True)
    is_flagged = models.BooleanField(_("flagged"), default=False)
    option_order = models.JSONField(default=list)
    # Codes of the chosen options; the history is in AnswerRevision.
    answer = models.JSONField(_("answer"), default=list)

    class Meta:
        verbose_name = _("attempt question")
        verbose_name_plural = _("attempt questions")

    def __str__(self) -> str:
        return f"question {self.position} of attempt {self.attempt_id}"


class AnswerRevision(models.Model):
    """Every answer that was ever acknowledged. Append-only."""

    pk = models.CompositePrimaryKey("attempt", "position", "number")
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="revisions", db_index=False)
    received_at = models.DateTimeField()
    save_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    based_on = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()
    answer = models.JSONField(default=list)

    class Meta:
        verbose_name = _("answer revision")
        verbose_name_plural = _("answer revisions")

    def __str__(self) -> str:
        return f"revision {self.number} of place {self.position} of attempt {self.attempt_id}"


class TimeAdjustment(models.Model):
    """Time given or taken after the start. Append-only; the deadline is recomputed from all of them."""

    kind = models.CharField(_("kind"), max_length=20, choices=AdjustmentKind, default=AdjustmentKind.GIVEN)
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="adjustments")
    seconds = models.IntegerField(_("seconds"))
    # May say something about the person; erasure blanks it.
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("time adjustment")
        verbose_name_plural = _("time adjustments")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=AdjustmentKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seconds} s for attempt {self.attempt_id}"


class AttemptEvent(models.Model):
    """What happened in a sitting beyond its start, its answers and its end. Append-only: codes, numbers, no content."""

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
