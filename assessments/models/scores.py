from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from assessments.enums import Band, ScoreCause
from assessments.models.attempts import Attempt


class Score(models.Model):
    """A marking of an attempt, with its cause. Append-only; `Attempt.current_score` points at the one in force."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="scores")
    cause = models.CharField(_("cause"), max_length=20, choices=ScoreCause)
    # {"<version id>": <key id>}: which key marked which question, so that the score can be computed again.
    keys = models.JSONField(default=dict)
    # A digest of `keys`: the same keys give the same score, however often the task runs.
    keys_digest = models.CharField(max_length=64)
    marks = models.DecimalField(_("marks"), max_digits=8, decimal_places=3)
    marks_possible = models.DecimalField(_("marks possible"), max_digits=8, decimal_places=3)
    percent = models.DecimalField(_("percent"), max_digits=6, decimal_places=3)
    error = models.FloatField(_("standard error in percent points"), null=True, blank=True)
    band = models.CharField(_("result"), max_length=20, choices=Band)
    # A list of {"skill": id, "marks": "3", "possible": "5", "questions": 5}, exact fractions as text.
    by_skill = models.JSONField(_("by skill"), default=list)
    # {"<place>": "1/3"}: the mark of each question as an exact fraction.
    by_question = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("scored at"))

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "keys_digest"], name="%(app_label)s_%(class)s_once_a_key"
            ),
            models.CheckConstraint(
                condition=Q(band__in=Band.values), name="%(app_label)s_%(class)s_band_known"
            ),
            models.CheckConstraint(
                condition=Q(percent__gte=0, percent__lte=100), name="%(app_label)s_%(class)s_percent_0_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"score {self.pk} of attempt {self.attempt_id}"
