from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import CheckedModel, VisibleQuerySet
from assessments.enums import CandidateSees, MarkingRule, Navigation
from assessments.rules import DEFAULT_REMINDER_DAYS
from questions.enums import Level
from questions.models import Question, QuestionBank, QuestionVersion, Skill


def default_reminder_days() -> list[int]:
    """The reminders of a test whose author says nothing."""
    return list(DEFAULT_REMINDER_DAYS)


class Assessment(models.Model):
    """A test, the stable thing: invitations and reports speak of it by its slug."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)
    # Days before an invitation ends at which who has not started is reminded, the largest first: [4, 1].
    reminder_days = models.JSONField(_("reminders"), default=default_reminder_days, blank=True)
    # The version new invitations get; null until the first is published.
    current_version = models.ForeignKey(
        "AssessmentVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("test")
        verbose_name_plural = _("tests")

    def __str__(self) -> str:
        return self.name


class AssessmentVersion(CheckedModel):
    """What a test is at one time: its rules, limits and pass band. Locked when published."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    introduction = models.TextField(_("introduction"), blank=True, max_length=5000)
    minutes = models.PositiveSmallIntegerField(
        _("time limit in minutes"), default=40, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    pass_mark = models.DecimalField(
        _("pass mark"),
        max_digits=5,
        decimal_places=2,
        default=60,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Percent. At or above it is a pass."),
    )
    borderline_from = models.DecimalField(
        _("borderline from"),
        max_digits=5,
        decimal_places=2,
        default=50,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Percent. From here up to the pass mark a person decides."),
    )
    shuffle_questions = models.BooleanField(_("shuffle questions"), default=True)
    shuffle_options = models.BooleanField(_("shuffle options"), default=True)
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    navigation = models.CharField(
        _("moving about"), max_length=20, choices=Navigation, default=Navigation.FREE
    )
    question_seconds = models.PositiveSmallIntegerField(
        _("seconds a question"),
        null=True,
        blank=True,
        validators=[MinValueValidator(10), MaxValueValidator(3600)],
        help_text=_("Only where questions are taken one after the other."),
    )
    buffer_seconds = models.PositiveSmallIntegerField(
        _("a little more time, in seconds"),
        default=30,
        validators=[MaxValueValidator(600)],
        help_text=_("What one tap gives, once a question."),
    )
    marking = models.CharField(
        _("marking"), max_length=20, choices=MarkingRule, default=MarkingRule.BY_QUESTION
    )
    formula_scoring = models.BooleanField(
        _("wrong answers cost marks"),
        default=False,
        help_text=_(
            "Formula scoring: guessing gains nothing on average. Candidates are told before they start."
        ),
    )
    most_attempts = models.PositiveSmallIntegerField(
        _("times a person may take it"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    retake_after_days = models.PositiveSmallIntegerField(
        _("days between two times"), default=0, validators=[MaxValueValidator(3650)]
    )
    valid_days = models.PositiveSmallIntegerField(
        _("days a result is valid"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    candidate_sees = models.CharField(
        _("candidates see"), max_length=20, choices=CandidateSees, default=CandidateSees.RECEIVED
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    class Meta:
        verbose_name = _("test version")
        verbose_name_plural = _("test versions")
        constraints = [
            models.UniqueConstraint(
                fields=["assessment", "number"], name="%(app_label)s_%(class)s_number_once"
            ),
            models.UniqueConstraint(
                fields=["assessment"],
                condition=Q(published_at=None),
                name="%(app_label)s_%(class)s_one_draft",
            ),
            models.CheckConstraint(condition=Q(minutes__gte=1), name="%(app_label)s_%(class)s_has_time"),
            models.CheckConstraint(
                condition=Q(pass_mark__gte=0, pass_mark__lte=100, borderline_from__gte=0)
                & Q(borderline_from__lte=F("pass_mark")),
                name="%(app_label)s_%(class)s_band_in_order",
                violation_error_message=_("The borderline band must start at or below the pass mark."),
            ),
            models.CheckConstraint(
                condition=Q(navigation__in=Navigation.values), name="%(app_label)s_%(class)s_navigation_known"
            ),
            models.CheckConstraint(
                condition=Q(question_seconds=None) | Q(navigation="forward"),
                name="%(app_label)s_%(class)s_question_limit_forward_only",
                violation_error_message=_("A limit a question needs a test that is taken forward only."),
            ),
            models.CheckConstraint(
                condition=Q(marking__in=MarkingRule.values), name="%(app_label)s_%(class)s_marking_known"
            ),
            models.CheckConstraint(
                condition=Q(candidate_sees__in=CandidateSees.values),
                name="%(app_label)s_%(class)s_candidate_sees_known",
            ),
            models.CheckConstraint(
                condition=Q(most_attempts__gte=1), name="%(app_label)s_%(class)s_can_be_taken"
            ),
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(opens_at__lt=F("closes_at")),
                name="%(app_label)s_%(class)s_opens_before_it_closes",
                violation_error_message=_("A test must open before it closes."),
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of test {self.assessment_id}"


class AssessmentSection(CheckedModel):
    """A part of a test with a heading of its own."""

    version = models.ForeignKey(AssessmentVersion, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(_("place"))
    title = models.CharField(_("title"), max_length=120, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("time limit in minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
        help_text=_("Who leaves a part with a limit does not come back to it."),
    )
    cut_off = models.DecimalField(
        _("least percent"),
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Who stays below it in this part is below the line, whatever the whole."),
    )

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        constraints = [
            models.CheckConstraint(
                condition=Q(cut_off=None) | Q(cut_off__gte=0, cut_off__lte=100),
                name="%(app_label)s_%(class)s_cut_off_0_to_100",
            ),
            models.UniqueConstraint(
                fields=["version", "position"], name="%(app_label)s_%(class)s_place_once"
            ),
        ]

    def __str__(self) -> str:
        return self.title or str(self.position)


class DrawRule(CheckedModel):
    """How many questions of a kind each candidate gets. Empty fields mean any."""

    # Of four bytes: every question of every attempt carries it.
    id = models.AutoField(primary_key=True)
    section = models.ForeignKey(AssessmentSection, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(_("place"))
    bank = models.ForeignKey(QuestionBank, on_delete=models.PROTECT, related_name="+", verbose_name=_("bank"))
    skill = models.ForeignKey(
        Skill, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("skill")
    )
    level = models.CharField(_("level"), max_length=20, choices=Level, blank=True)
    difficulty = models.PositiveSmallIntegerField(_("intended difficulty"), null=True, blank=True)
    # A fixed question: everybody gets it, and the rule draws nothing else.
    question = models.ForeignKey(
        Question,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("question"),
    )
    count = models.PositiveSmallIntegerField(_("questions"), default=1)
    marks = models.DecimalField(_("marks each"), max_digits=6, decimal_places=2, default=1)
    expected_seconds = models.PositiveSmallIntegerField(
        _("seconds each"), default=75, help_text=_("How long a question is expected to take.")
    )

    class Meta:
        verbose_name = _("draw rule")
        verbose_name_plural = _("draw rules")
        constraints = [
            models.UniqueConstraint(
                fields=["section", "position"], name="%(app_label)s_%(class)s_place_once"
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="%(app_label)s_%(class)s_draws_something"),
            models.CheckConstraint(condition=Q(marks__gt=0), name="%(app_label)s_%(class)s_counts_something"),
            models.CheckConstraint(
                condition=Q(question=None) | Q(count=1), name="%(app_label)s_%(class)s_fixed_is_one"
            ),
        ]

    def __str__(self) -> str:
        return f"rule {self.position} of section {self.section_id}"


class PoolEntry(models.Model):
    """A question version that a rule may draw, frozen when the test was published."""

    rule = models.ForeignKey(DrawRule, on_delete=models.CASCADE, related_name="pool")
    question_version = models.ForeignKey(QuestionVersion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("pool entry")
        verbose_name_plural = _("pool entries")
        constraints = [
            models.UniqueConstraint(fields=["rule", "question_version"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}: {self.question_version_id}"
