"""What authors typed and did not save yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from accounts.rules import random_code
from questions.models.banks import QuestionBank
from questions.models.questions import Question


class UnsavedEdit(models.Model):
    """The fields of a form as one author left them. Nobody else reads it, and saving the question deletes it."""

    public_id = models.CharField(max_length=16, unique=True, default=random_code, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # Null for a question that is not written yet.
    question = models.ForeignKey(
        Question, null=True, blank=True, on_delete=models.CASCADE, related_name="unsaved_edits"
    )
    bank = models.ForeignKey(QuestionBank, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    # What was on the screen when the typing began; see `questions.queries.edit_base`.
    base = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)
    kept_at = models.DateTimeField(_("kept at"))

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("unsaved edit")
        verbose_name_plural = _("unsaved edits")
        indexes = [models.Index(fields=["kept_at"], name="questions_unsaved_kept")]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "question"],
                condition=Q(question__isnull=False),
                name="%(app_label)s_%(class)s_one_a_question",
            ),
        ]

    def __str__(self) -> str:
        return f"unsaved edit {self.public_id}"
