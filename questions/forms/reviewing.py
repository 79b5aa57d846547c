"""What a reviewer says."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class SendBackForm(forms.Form):
    """What is to be changed before a question is ready."""

    note = forms.CharField(
        label=_("What is to be changed"),
        max_length=500,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Whoever wrote the question reads it on their start page and above the question."),
    )
