"""Question banks: what can be asked, the frozen versions that were shown, and the keys that mark them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import CheckedModel, VisibleQuerySet
from questions.enums import Kind, Level, Marking, Status


class Skill(models.Model):
    """Something a person can be good at; scores are reported by it."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True, max_length=1000)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")

    def __str__(self) -> str:
        return self.name


class QuestionBank(models.Model):
    """A collection of questions with owners of its own."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True, max_length=2000)
    created_at = models.DateTimeField(_("created at"))

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")

    def __str__(self) -> str:
        return self.name


class QuestionTag(models.Model):
    """A word authors sort questions by."""

    name = models.CharField(_("name"), max_length=50, unique=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("question tag")
        verbose_name_plural = _("question tags")

    def __str__(self) -> str:
        return self.name


class Question(CheckedModel):
    """The stable thing that authors care for; what candidates see are its versions."""

    bank = models.ForeignKey(
        QuestionBank, on_delete=models.PROTECT, related_name="questions", verbose_name=_("bank")
    )
    external_id = models.CharField(_("id in its source"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.SINGLE)
    level = models.CharField(_("level"), max_length=20, choices=Level)
    intended_difficulty = models.PositiveSmallIntegerField(
        _("intended difficulty"), default=3, help_text=_("From 1 (easy) to 5 (hard), as its author sees it.")
    )
    skills = models.ManyToManyField(Skill, related_name="questions", verbose_name=_("skills"))
    tags = models.ManyToManyField(QuestionTag, blank=True, related_name="questions", verbose_name=_("tags"))
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.DRAFT)
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
        indexes = [models.Index(fields=["bank", "status", "level"], name="questions_question_draw")]
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
    # [{"code": "a", "text": "...", "place": "" | "last"}]; checked by questions.validators.
    options = models.JSONField(_("options"), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))
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


class AnswerKey(models.Model):
    """What is right about a version. Mending a key is a new revision; candidate pages never load one."""

    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="keys")
    revision = models.PositiveIntegerField(_("revision"))
    # {"a": "1", "b": "0", "c": "-1/3"}: the share of the mark, as an exact fraction.
    shares = models.JSONField(default=dict)
    feedback = models.JSONField(default=dict)
    marking = models.CharField(max_length=20, choices=Marking, default=Marking.ALL_OR_NOTHING)
    explanation = models.TextField(_("explanation"), blank=True, max_length=20_000)
    source = models.CharField(_("source"), max_length=500, blank=True)
    model_answer = models.TextField(_("model answer"), blank=True, max_length=20_000)
    look_fors = models.JSONField(_("look-fors"), default=list, blank=True)
    warning_signs = models.JSONField(_("warning signs"), default=list, blank=True)
    follow_ups = models.JSONField(_("follow-ups"), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("answer key")
        verbose_name_plural = _("answer keys")
        constraints = [
            models.UniqueConstraint(
                fields=["version", "revision"], name="%(app_label)s_%(class)s_revision_once"
            ),
            models.CheckConstraint(
                condition=Q(marking__in=Marking.values), name="%(app_label)s_%(class)s_marking_known"
            ),
        ]

    def __str__(self) -> str:
        return f"key {self.revision} of version {self.version_id}"


class QuestionUsage(models.Model):
    """How a question did, written from above by `record_usage`, so that banks can sort and filter by it."""

    question = models.OneToOneField(
        Question, on_delete=models.CASCADE, related_name="usage", primary_key=True
    )
    shown = models.PositiveIntegerField(_("times shown"), default=0)
    facility = models.FloatField(
        _("facility"), null=True, blank=True, help_text=_("Mean share of the mark, 0 to 1.")
    )
    open_reports = models.PositiveIntegerField(
        _("open reports"), default=0, help_text=_("Of candidates who found something wrong with it.")
    )
    as_of = models.DateTimeField(_("as of"))

    class Meta:
        verbose_name = _("question usage")
        verbose_name_plural = _("question usage")

    def __str__(self) -> str:
        return f"usage of question {self.question_id}"
