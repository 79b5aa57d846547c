"""The form of an open link of a job."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from assessments.models import Assessment
from hiring.forms.choices import published_tests


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone. May stay empty."),
    )


class JobLinkForm(forms.Form):
    """Which test whoever comes is invited to, from when until when, and how many."""

    assessment = forms.ModelChoiceField(Assessment.objects.none(), label=_("Test"), empty_label=None)
    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        help_text=_("The heading of the page, for people who know nothing else."),
    )
    opens_at = _moment(_("Opens at"))
    closes_at = _moment(_("Closes at"))
    most_people = forms.IntegerField(
        label=_("Most people"), min_value=1, required=False, help_text=_("Empty means any number.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessment"].queryset = published_tests(actor)  # type: ignore[attr-defined]
