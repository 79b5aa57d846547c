"""Questions and their versions: what can be asked, and what was shown."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import CheckedModel, VisibleQuerySet
from questions.enums import Kind, Level, Status
from questions.models.banks import QuestionBank, QuestionTag, Skill


class Question(CheckedModel):
    """The stable thing that authors care for; what candidates see are its versions."""

    bank = models.ForeignKey(
        QuestionBank, on_delete=models.PROTECT, related_name="questions", verbose_name=_("bank")
    )
    external_id = models.CharField(_("id in its source"), max_length=120)
    name = models.CharField(
        _("name"), max_length=200, blank=True, help_text=_("What lists call it; empty for its first words.")
    )
    category = models.CharField(
        _("category"),
        max_length=200,
        blank=True,
        help_text=_("Where it lay in its source, as “databases/joins”."),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.SINGLE)
    level = models.CharField(_("level"), max_length=20, choices=Level)
    intended_difficulty = models.PositiveSmallIntegerField(
        _("intended difficulty"), default=3, help_text=_("From 1 (easy) to 5 (hard), as its author sees it.")
    )
    skills = models.ManyToManyField(Skill, related_name="questions", verbose_name=_("skills"))
    tags = models.ManyToManyField(QuestionTag, blank=True, related_name="questions", verbose_name=_("tags"))
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.DRAFT)
    status_at = models.DateTimeField(_("in this status since"), null=True, blank=True)
    status_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Of the newest version: a ready question whose next version waits for a colleague stays ready.
    review_asked_at = models.DateTimeField(_("review asked for at"), null=True, blank=True)
    review_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What a reviewer wants changed; the next step blanks it.
    review_note = models.CharField(_("reviewer’s note"), max_length=500, blank=True)
    rests_after = models.PositiveIntegerField(
        _("rests after"),
        null=True,
        blank=True,
        help_text=_("How often it is shown before tests draw others first; empty for the bank’s limit."),
    )
    rested_at = models.DateTimeField(_("rests since"), null=True, blank=True)
    leaked_at = models.DateTimeField(_("leaked at"), null=True, blank=True)
    leaked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    leaked_note = models.CharField(_("where it was found"), max_length=200, blank=True)
    # Since when it has to be looked through for mistakes again; null when that was done.
    lint_due_at = models.DateTimeField(null=True, blank=True)
    # Raised by every save: who saves says which one it was that they changed.
    edit = models.PositiveIntegerField(default=0)
    # What a file or the starter bank said when it was last read: as long as the question still says the same, a newer
    # file may update it; once a person has changed it, it is theirs.
    source_digest = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    changed_at = models.DateTimeField(_("changed at"))
    # The version that is shown to whoever meets the question next; null while the first is a draft.
    current_version = models.ForeignKey(
        "QuestionVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes = [
            models.Index(fields=["bank", "status", "level"], name="questions_question_draw"),
            models.Index(fields=["-changed_at", "-id"], name="questions_question_newest"),
            models.Index(
                fields=["lint_due_at"], condition=Q(lint_due_at__isnull=False), name="questions_question_lint"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["bank", "external_id"],
                name="%(app_label)s_%(class)s_external_id_once_a_bank",
                violation_error_message=_("This bank has a question with this id already."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=Kind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(level__in=Level.values), name="%(app_label)s_%(class)s_level_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=Status.values), name="%(app_label)s_%(class)s_status_known"
            ),
            models.CheckConstraint(
                condition=Q(intended_difficulty__range=(1, 5)),
                name="%(app_label)s_%(class)s_difficulty_1_to_5",
            ),
            models.CheckConstraint(
                condition=Q(review_asked_by=None) | Q(review_asked_at__isnull=False),
                name="%(app_label)s_%(class)s_asked_for_review_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(leaked_by=None, leaked_note="") | Q(leaked_at__isnull=False),
                name="%(app_label)s_%(class)s_leaked_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(rests_after=None) | Q(rests_after__gte=1),
                name="%(app_label)s_%(class)s_rests_after_once_or_more",
                violation_error_message=_("A question is shown once at least before it rests."),
            ),
        ]

    def __str__(self) -> str:
        return self.external_id


class QuestionVersion(models.Model):
    """What is shown. Frozen when it becomes ready or is first shown; one unfrozen draft a question."""

    # Of four bytes: every question of every attempt carries it.
    id = models.AutoField(primary_key=True)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    stem = models.TextField(_("question"), max_length=20_000)
    # [{"code": "a", "text": "...", "place": "" | "first" | "here" | "last"}]; checked by questions.validators.
    options = models.JSONField(_("options"), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
    # Who wrote it last, which may be another than who began it: somebody else reviews.
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(_("changed at"), null=True, blank=True)
    frozen_at = models.DateTimeField(_("frozen at"), null=True, blank=True)

    class Meta:
        verbose_name = _("question version")
        verbose_name_plural = _("question versions")
        constraints = [
            models.UniqueConstraint(
                fields=["question", "number"], name="%(app_label)s_%(class)s_number_once"
            ),
            models.UniqueConstraint(
                fields=["question"], condition=Q(frozen_at=None), name="%(app_label)s_%(class)s_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of question {self.question_id}"
