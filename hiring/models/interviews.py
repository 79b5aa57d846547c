from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import VisibleQuerySet
from hiring.enums import InterviewState, Verdict
from hiring.models.applications import Application
from hiring.models.pipelines import Stage


class Interview(models.Model):
    """That somebody is to be interviewed."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="interviews")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=80)
    state = models.CharField(_("state"), max_length=20, choices=InterviewState, default=InterviewState.ASKED)
    created_at = models.DateTimeField(_("asked for at"))
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=InterviewState.values), name="%(app_label)s_%(class)s_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"interview {self.pk} of application {self.application_id}"


class Interviewer(models.Model):
    """That a colleague interviews: whom they may see follows from it."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="interviewers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="interviews")

    class Meta:
        verbose_name = _("interviewer")
        verbose_name_plural = _("interviewers")
        constraints = [
            models.UniqueConstraint(fields=["interview", "user"], name="%(app_label)s_%(class)s_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in interview {self.interview_id}"


class Recommendation(models.Model):
    """What a colleague recommends. Append-only: the latest of each counts."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="recommendations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    verdict = models.CharField(_("recommendation"), max_length=20, choices=Verdict)
    # About the person; erasure blanks it.
    comment = models.CharField(_("why"), max_length=2000, blank=True)
    at = models.DateTimeField()

    objects = VisibleQuerySet.as_manager()

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=Verdict.values), name="%(app_label)s_%(class)s_verdict_known"
            ),
        ]

    def __str__(self) -> str:
        return f"recommendation {self.pk} for application {self.application_id}"
