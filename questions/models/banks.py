"""Banks, and what their questions are sorted by."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet


class Skill(models.Model):
    """Something a person can be good at; scores are reported by it."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True, max_length=1000)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")

    def __str__(self) -> str:
        return self.name


class QuestionBank(models.Model):
    """A collection of questions with owners of its own."""

    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True, max_length=2000)
    created_at = models.DateTimeField(_("created at"))
    second_reviewer = models.BooleanField(
        _("somebody else reviews"),
        default=True,
        help_text=_("A question is made ready by another colleague than those who wrote it."),
    )
    rests_after = models.PositiveIntegerField(
        _("rests after"),
        null=True,
        blank=True,
        help_text=_("How often a question is shown before tests draw others first; empty for no limit."),
    )
    # The piece of work that writes questions which are not here yet: nobody sees the bank, nor what is in it.
    arriving_for = models.CharField(max_length=16, blank=True, editable=False)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("question bank")
        verbose_name_plural = _("question banks")
        indexes = [
            models.Index(
                fields=["arriving_for"], condition=~Q(arriving_for=""), name="questions_bank_arriving"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(rests_after=None) | Q(rests_after__gte=1),
                name="%(app_label)s_%(class)s_rests_after_once_or_more",
                violation_error_message=_("A question is shown once at least before it rests."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class QuestionTag(models.Model):
    """A word authors sort questions by."""

    name = models.CharField(_("name"), max_length=50, unique=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("question tag")
        verbose_name_plural = _("question tags")

    def __str__(self) -> str:
        return self.name
