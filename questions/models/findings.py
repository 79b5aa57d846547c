"""What is found wrong with questions by looking through them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from questions.enums import FindingKind, FindingState, Weight
from questions.models.banks import QuestionBank
from questions.models.questions import Question, QuestionVersion


class QuestionFinding(models.Model):
    """Something to mend in a question, or in a bank as a whole, or what an author accepts as it is."""

    bank = models.ForeignKey(
        QuestionBank, on_delete=models.CASCADE, related_name="findings", verbose_name=_("bank")
    )
    # Null for what is true of the bank as a whole.
    question = models.ForeignKey(
        Question,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="findings",
        verbose_name=_("question"),
    )
    version = models.ForeignKey(
        QuestionVersion, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=30, choices=FindingKind)
    # "stem", "stem.code.2", "option.b", "option.b.feedback", "key", "bank".
    place = models.CharField(_("place"), max_length=60)
    # Numbers, codes and ids: words are made of them when somebody reads.
    values = models.JSONField(default=dict, blank=True)
    weight = models.CharField(_("weight"), max_length=20, choices=Weight)
    state = models.CharField(_("state"), max_length=20, choices=FindingState, default=FindingState.OPEN)
    found_at = models.DateTimeField(_("found at"))
    gone_at = models.DateTimeField(_("gone since"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    accepted_at = models.DateTimeField(_("accepted at"), null=True, blank=True)
    reason = models.CharField(_("why it stays"), max_length=300, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = [
            models.Index(
                fields=["bank", "found_at"], condition=Q(state="open"), name="questions_finding_open"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "kind", "place"],
                condition=Q(question__isnull=False),
                name="%(app_label)s_%(class)s_once_a_place",
            ),
            models.UniqueConstraint(
                fields=["bank", "kind"],
                condition=Q(question=None),
                name="%(app_label)s_%(class)s_once_a_bank",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=FindingKind.values), name="%(app_label)s_%(class)s_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(weight__in=Weight.values), name="%(app_label)s_%(class)s_weight_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=FindingState.values), name="%(app_label)s_%(class)s_state_known"
            ),
            models.CheckConstraint(
                condition=(Q(state="accepted", accepted_at__isnull=False) & ~Q(reason=""))
                | (~Q(state="accepted") & Q(accepted_at=None, accepted_by=None, reason="")),
                name="%(app_label)s_%(class)s_accepted_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.place} of {self.question_id or self.bank_id}"
