from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from assessments.models import Assessment
from hiring.enums import ScoreRule, StageKind
from hiring.models.jobs import Job


class Stage(models.Model):
    """A step of a job's pipeline, and what it does with a score."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="stages", verbose_name=_("job"))
    name = models.CharField(_("name"), max_length=80)
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
        related_name="stages",
        verbose_name=_("test"),
    )
    on_score = models.CharField(
        _("when a score arrives"), max_length=20, choices=ScoreRule, default=ScoreRule.NONE
    )
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        constraints = [
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
            models.CheckConstraint(
                condition=Q(kind__in=StageKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(on_score__in=ScoreRule.values), name="%(app_label)s_%(class)s_rule_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name
