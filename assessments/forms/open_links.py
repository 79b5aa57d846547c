"""The form of an open link."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


def _moment(label: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone. May stay empty."),
    )


class OpenLinkForm(forms.Form):
    """What an open link is about, from when until when, and for how many."""

    title = forms.CharField(
        label=_("Title"),
        max_length=120,
        help_text=_("The heading of the page, for people who know nothing else: “Working student, autumn”."),
    )
    opens_at = _moment(_("Opens at"))
    closes_at = _moment(_("Closes at"))
    most_people = forms.IntegerField(
        label=_("Most people"), min_value=1, required=False, help_text=_("Empty means any number.")
    )
