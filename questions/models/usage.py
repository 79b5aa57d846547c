"""How questions did."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from questions.models.questions import Question


class QuestionUsage(models.Model):
    """How a question did, written from above by `record_usage`, so that banks can sort and filter by it."""

    question = models.OneToOneField(
        Question, on_delete=models.CASCADE, related_name="usage", primary_key=True
    )
    shown = models.PositiveIntegerField(_("times shown"), default=0)
    answers = models.PositiveIntegerField(
        _("answers"), default=0, help_text=_("Of attempts whose score is in force.")
    )
    # What these earned, in millionths of the mark: whole numbers, so that what is taken back leaves no rest.
    earned = models.PositiveBigIntegerField(default=0)
    facility = models.FloatField(
        _("facility"), null=True, blank=True, help_text=_("Mean share of the mark, 0 to 1.")
    )
    open_reports = models.PositiveIntegerField(
        _("open reports"), default=0, help_text=_("Of candidates who found something wrong with it.")
    )
    last_shown_at = models.DateTimeField(_("last shown at"), null=True, blank=True)
    as_of = models.DateTimeField(_("as of"))

    class Meta:
        verbose_name = _("question usage")
        verbose_name_plural = _("question usage")
        # None on `shown`: every test that is scored would have to keep it, for a filter that authors use now and then.
        indexes = [
            models.Index(
                fields=["open_reports"], condition=Q(open_reports__gt=0), name="questions_usage_reported"
            ),
        ]

    def __str__(self) -> str:
        return f"usage of question {self.question_id}"
