from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from assessments.enums import ProblemKind
from assessments.models.attempts import Attempt
from questions.models import QuestionVersion


class ProblemReport(models.Model):
    """That a candidate found something wrong with a question while the test ran, and what an author made of it."""

    attempt = models.ForeignKey(
        Attempt, on_delete=models.CASCADE, related_name="problem_reports", verbose_name=_("attempt")
    )
    position = models.PositiveSmallIntegerField(_("place"))
    question_version = models.ForeignKey(
        QuestionVersion,
        on_delete=models.PROTECT,
        related_name="problem_reports",
        verbose_name=_("question version"),
    )
    kind = models.CharField(_("what is wrong"), max_length=20, choices=ProblemKind)
    # May say something about the person; erasure blanks it.
    text = models.CharField(_("in the candidate's words"), max_length=500, blank=True)
    reported_at = models.DateTimeField(_("reported at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # May say something about the person; erasure blanks it.
    note = models.CharField(_("what was done"), max_length=300, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("reported problem")
        verbose_name_plural = _("reported problems")
        indexes = [
            models.Index(
                fields=["reported_at"], condition=Q(settled_at=None), name="assessments_problem_open"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["attempt", "position", "kind"], name="%(app_label)s_%(class)s_once_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ProblemKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} of place {self.position} of attempt {self.attempt_id}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for an author."""
        return self.settled_at is None
