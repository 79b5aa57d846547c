from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from candidates.models import Document
from hiring.enums import AnswerKind
from hiring.models.applications import Application
from hiring.models.jobs import Job


class ApplicationQuestion(models.Model):
    """A question of a job's own in the form for applicants."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="questions", verbose_name=_("job"))
    position = models.PositiveSmallIntegerField(_("place"))
    kind = models.CharField(_("kind"), max_length=20, choices=AnswerKind)
    text = models.CharField(_("question"), max_length=300)
    help_text = models.CharField(_("help"), max_length=300, blank=True)
    is_required = models.BooleanField(_("must be answered"), default=False)
    # [{"code": …, "text": …}], in their order; of a number its bounds, "least" and "most".
    options = models.JSONField(default=list, blank=True)
    # What asks for a second look: codes of options, or {"below": …, "above": …} for a number. It rejects nobody.
    flags = models.JSONField(default=list, blank=True)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("question of a form")
        verbose_name_plural = _("questions of forms")
        constraints = [
            models.UniqueConstraint(
                fields=["job", "position"],
                condition=Q(retired_at=None),
                name="%(app_label)s_%(class)s_place_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AnswerKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.text


class ApplicationAnswer(models.Model):
    """What an applicant answered. Erasure blanks it."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="answers")
    question = models.ForeignKey(ApplicationQuestion, on_delete=models.PROTECT, related_name="answers")
    text = models.TextField(blank=True)
    codes = models.JSONField(default=list, blank=True)
    number = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    document = models.ForeignKey(Document, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    is_flagged = models.BooleanField(default=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer of an applicant")
        verbose_name_plural = _("answers of applicants")
        constraints = [
            models.UniqueConstraint(fields=["application", "question"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"answer to question {self.question_id} of application {self.application_id}"


class ApplicationDocument(models.Model):
    """That a document belongs to an application: whoever sees another application only does not see it."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="documents")
    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="applications")

    class Meta:
        verbose_name = _("document of an application")
        verbose_name_plural = _("documents of applications")
        constraints = [
            models.UniqueConstraint(fields=["application", "document"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"document {self.document_id} of application {self.application_id}"
