from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models import OpenLink
from hiring.models.jobs import Job


class JobOpenLink(models.Model):
    """That whoever comes by an open link applies for a job."""

    open_link = models.OneToOneField(OpenLink, on_delete=models.CASCADE, related_name="job_link")
    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="open_links", verbose_name=_("job"))

    class Meta:
        verbose_name = _("open link of a job")
        verbose_name_plural = _("open links of jobs")

    def __str__(self) -> str:
        return f"open link {self.open_link_id} of job {self.job_id}"
