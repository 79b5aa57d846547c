from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from assessments.enums import Band, ScoreCause
from assessments.models.attempts import Attempt


class Score(models.Model):
    """A marking of an attempt, with its cause. Append-only; `Attempt.current_score` points at the one in force."""

    # Found by the constraint of its keys.
    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="scores", db_index=False)
    cause = models.CharField(_("cause"), max_length=20, choices=ScoreCause)
    # The id of the key that marked each place, in order, so that the score can be computed again.
    keys = models.JSONField(default=list)
    # A digest of `keys` and the sitting: the same keys give the same score, however often the task runs.
    keys_digest = models.CharField(max_length=32)
    marks = models.DecimalField(_("marks"), max_digits=8, decimal_places=3)
    marks_possible = models.DecimalField(_("marks possible"), max_digits=8, decimal_places=3)
    percent = models.DecimalField(_("percent"), max_digits=6, decimal_places=3)
    error = models.FloatField(_("standard error in percent points"), null=True, blank=True)
    band = models.CharField(_("result"), max_length=20, choices=Band)
    # A list of {"skill": id, "marks": "3", "possible": "5", "questions": 5}, exact fractions as text.
    by_skill = models.JSONField(_("by skill"), default=list)
    # The same with "section": id, "percent": "60.000", "cut_off": "50.00" and "is_met" (null and null without one), in
    # the order of the test; empty for a test of one section without a cut-off.
    by_section = models.JSONField(_("by section"), default=list)
    # ["1", "0", "1/3"]: the mark of each place in order, as an exact fraction.
    by_question = models.JSONField(default=list)
    created_at = models.DateTimeField(_("scored at"))

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        indexes = [models.Index(fields=["created_at"], name="assessments_score_newest")]
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

    def mark_at(self, position: int) -> str | None:
        """Return the mark of a place as an exact fraction; None for a place that was not marked."""
        return self.by_question[position - 1] if position <= len(self.by_question) else None

    def key_at(self, position: int) -> int | None:
        """Return the id of the key that marked a place; None for a place that was not marked."""
        return self.keys[position - 1] if position <= len(self.keys) else None
