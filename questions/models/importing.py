"""What the check of a file found, line by line, as long as the file is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from outbox.models import Work
from questions.enums import Found


class ImportLine(models.Model):
    """One line of the report of a check: a question that comes in, or what is to be said of a place of the file.

    A file has thousands of them, so that a page reads only those that it shows. Whoever sees the work sees its lines.
    """

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    found = models.CharField(max_length=10, choices=Found)
    # Where in the file, as far as its format has such places. `part` is a file of a package.
    question = models.PositiveIntegerField(null=True, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    row = models.PositiveIntegerField(null=True, blank=True)
    column = models.CharField(max_length=250, blank=True)
    part = models.CharField(max_length=300, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    # What is wrong and how to mend it; nothing for a question that comes in.
    text = models.TextField(blank=True)
    # What candidates will see of a question that comes in: its kind, its stem and its options.
    shown = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("line of an import")
        verbose_name_plural = _("lines of imports")
        constraints = [
            models.UniqueConstraint(
                fields=["work", "found", "number"], name="%(app_label)s_%(class)s_number_once"
            ),
            models.CheckConstraint(
                condition=Q(found__in=Found.values), name="%(app_label)s_%(class)s_found_known"
            ),
        ]

    def __str__(self) -> str:
        return f"line {self.number} of {self.work_id}"
