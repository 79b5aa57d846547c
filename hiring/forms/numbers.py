"""Forms that choose what a page of numbers is about."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from hiring.models import Job

PERIODS = {"30": _("30 days"), "90": _("90 days"), "365": _("12 months")}


class DashboardForm(forms.Form):
    """Which period and jobs the figures are of."""

    period = forms.ChoiceField(label=_("Applied in the last"), choices=list(PERIODS.items()), required=False)
    job = forms.ModelChoiceField(
        Job.objects.none(), label=_("Job"), required=False, empty_label=_("Every job"), to_field_name="slug"
    )

    def __init__(self, parameters: Mapping[str, str], *, jobs: QuerySet[Job]) -> None:
        period = parameters.get("period", "")
        # A quarter where the address says nothing we know.
        super().__init__({"period": period if period in PERIODS else "90", "job": parameters.get("job", "")})
        self.fields["job"].queryset = jobs  # type: ignore[attr-defined]

    def days(self) -> int:
        """The length of the period."""
        return int(self.data["period"])
