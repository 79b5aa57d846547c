"""Forms about approvals."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AskApprovalForm(forms.Form):
    """What is said to those who approve, with the version that whoever asks was looking at."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("Note"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For those who approve. It stays with the application."),
    )


class DecideApprovalForm(forms.Form):
    """Why an approval is declined; whoever approves may leave it empty."""

    comment = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed to decline: whoever asked reads it."),
    )
