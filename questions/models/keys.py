"""Answer keys: what is right about a version."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from questions.enums import Marking
from questions.models.questions import QuestionVersion


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
    # Whether answers earn other marks by it than by the revision before.
    changes_marks = models.BooleanField(default=False)
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
