from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from assessments.models import Assessment
from hiring.enums import ScoreRule, StageKind
from hiring.models.jobs import Job
from outbox.models import MessageTemplate


class StageBase(models.Model):
    """What a stage is and does, in a job or in a template of pipelines."""

    name = models.CharField(_("name"), max_length=80)
    # What candidates are told; nothing more than that things go on where it is empty.
    public_name = models.CharField(_("name for candidates"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=StageKind)
    position = models.PositiveSmallIntegerField(_("place"))
    target_days = models.PositiveSmallIntegerField(
        _("target days"),
        null=True,
        blank=True,
        help_text=_("Longer than this at the stage counts as waiting."),
    )
    assessment = models.ForeignKey(
        Assessment,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        verbose_name=_("test"),
    )
    on_score = models.CharField(
        _("when a score arrives"), max_length=20, choices=ScoreRule, default=ScoreRule.NONE
    )
    # Nobody comes here without the word of somebody who may approve.
    needs_approval = models.BooleanField(_("needs approval"), default=False)
    # What happens when somebody enters.
    sends_test = models.BooleanField(_("send the test"), default=False)
    wants_new_test = models.BooleanField(_("ask for a new test although there is a result"), default=False)
    entry_mail = models.ForeignKey(
        MessageTemplate,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("send a mail"),
    )
    entry_mail_days = models.PositiveSmallIntegerField(_("days until the mail"), default=0)
    # Titles of the interviews that are asked for.
    entry_interviews = models.JSONField(_("interviews"), default=list, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=StageKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(on_score__in=ScoreRule.values), name="%(app_label)s_%(class)s_rule_known"
            ),
            models.CheckConstraint(
                condition=Q(sends_test=False) | Q(assessment__isnull=False),
                name="%(app_label)s_%(class)s_sends_a_test",
                violation_error_message=_("Choose the test that is sent."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def asks_more_than(self, before: StageBase) -> bool:
        """Whether the stage does something with whoever enters that it, as it was before, did not do."""
        tests = self.sends_test and (not before.sends_test or self.assessment_id != before.assessment_id)
        mails = self.entry_mail_id is not None and self.entry_mail_id != before.entry_mail_id
        return tests or mails or not set(self.entry_interviews) <= set(before.entry_interviews)


class Stage(StageBase):
    """A step of a job's pipeline, and what it does with a score."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="stages", verbose_name=_("job"))
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
            *StageBase.Meta.constraints,
            models.UniqueConstraint(
                fields=["job", "position"],
                condition=Q(retired_at=None),
                name="%(app_label)s_%(class)s_place_once",
                violation_error_message=_("Two stages of this job have the same place."),
            ),
            models.UniqueConstraint(
                fields=["job", "name"],
                condition=Q(retired_at=None),
                name="%(app_label)s_%(class)s_name_once",
                violation_error_message=_("Two stages of this job have the same name."),
            ),
        ]


class PipelineTemplate(models.Model):
    """Stages that new jobs can begin with."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    is_active = models.BooleanField(_("in use"), default=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"))

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")

    def __str__(self) -> str:
        return self.name


class TemplateStage(StageBase):
    """A stage of a template of pipelines."""

    template = models.ForeignKey(
        PipelineTemplate, on_delete=models.CASCADE, related_name="stages", verbose_name=_("pipeline")
    )

    class Meta:
        verbose_name = _("stage of a pipeline")
        verbose_name_plural = _("stages of pipelines")
        constraints = [
            *StageBase.Meta.constraints,
            models.UniqueConstraint(
                fields=["template", "position"],
                name="%(app_label)s_%(class)s_place_once",
                violation_error_message=_("Two stages have the same place."),
            ),
            models.UniqueConstraint(
                fields=["template", "name"],
                name="%(app_label)s_%(class)s_name_once",
                violation_error_message=_("Two stages have the same name."),
            ),
        ]
