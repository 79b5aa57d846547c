"""Forms of what colleagues do to invitations, attempts and what candidates asked or reported, a step each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class ExtendForm(forms.Form):
    """Until when tests may be started."""

    expires_at = forms.DateTimeField(
        label=_("Until"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone."),
    )

    beyond_closing = forms.BooleanField(
        label=_("Also past the closing of the test"),
        required=False,
        help_text=_("A test that closes on a date ends its invitations then, unless you tick this."),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_expires_at(self) -> datetime:
        moment: datetime = self.cleaned_data["expires_at"]
        if moment <= self.now:
            raise ValidationError(gettext("Choose a moment in the future."))
        return moment


class ExtraTimeForm(forms.Form):
    """More time for people who have not started."""

    minutes = forms.IntegerField(
        label=_("Extra time in minutes"),
        min_value=0,
        max_value=24 * 60,
        help_text=_("In all; 0 takes it back."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        required=False,
        help_text=_(
            "Only administrators read it later. A copy of everything, for which the candidate may ask, holds it too."
        ),
    )


class WhyForm(forms.Form):
    """Why a colleague does something to an attempt."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_(
            "For all colleagues who see this attempt, so nothing about anybody's health. A copy of everything, for "
            "which the candidate may ask, holds it too."
        ),
    )


class MarksForm(forms.Form):
    """Why scores are given anew by a mended key, or stay as they are."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("For all colleagues, with no word about a person.")
    )


class AgainForm(forms.Form):
    """Inviting people to a test again."""

    again_reason = forms.CharField(
        label=_("Why once more"),
        max_length=300,
        required=False,
        help_text=_(
            "Invites those too whom only the rule about taking a test again leaves out. It is recorded."
        ),
    )


class SettleForm(forms.Form):
    """What was done about a problem that a candidate reported."""

    note = forms.CharField(
        label=_("What was done"),
        max_length=300,
        required=False,
        help_text=_("For your colleagues; the candidate never sees it."),
    )


class AnswerForm(forms.Form):
    """What somebody gets who asked for more time or another format, in one step."""

    minutes = forms.IntegerField(
        label=_("Extra time in all, in minutes"),
        min_value=0,
        max_value=24 * 60,
        required=False,
        help_text=_("For granting. 0 if it is not about time."),
    )
    answer = forms.CharField(
        label=_("A word for the candidate"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Goes into the mail and stands on their page. Needed for saying no."),
    )


class TimeForm(WhyForm):
    """Time for an attempt that runs."""

    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=600)
    field_order = ("minutes", "reason")


class ReopenForm(TimeForm):
    """Time for an attempt that was handed in."""

    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=1, max_value=600, help_text=_("From now on, whatever was left.")
    )


class StartedForm(forms.Form):
    """Who of those that are in a test right now: by when they started."""

    started_from = forms.DateTimeField(
        label=_("Started from"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    started_to = forms.DateTimeField(
        label=_("Started until"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
