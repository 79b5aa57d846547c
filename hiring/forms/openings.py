"""Forms about the places that a job has to fill, and about closing the job."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from hiring.enums import ClosingReason
from hiring.forms.fates import InvitationsFateForm
from hiring.rules import OPENINGS_AT_ONCE


class AddOpeningsForm(forms.Form):
    """How many more places there are to fill."""

    count = forms.IntegerField(label=_("How many more"), min_value=1, max_value=OPENINGS_AT_ONCE, initial=1)


class CloseOpeningForm(forms.Form):
    """Which opening is filled by nobody any more, and why."""

    number = forms.IntegerField(min_value=1)
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=[(code, label) for code, label in ClosingReason.choices if code != ClosingReason.FILLED],
    )


class CloseForm(InvitationsFateForm):
    """Why a job is closed."""

    reason = forms.ChoiceField(label=_("Why"), choices=[("", _("Choose a reason")), *ClosingReason.choices])
    comment = forms.CharField(
        label=_("Comment"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays with the job. Only colleagues read it."),
    )
