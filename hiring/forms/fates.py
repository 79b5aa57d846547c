"""What becomes of open invitations: one part of every form that decides about people."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class InvitationsFateForm(forms.Form):
    """Whether open invitations are withdrawn; `parts/invitations_fate.html` shows it with how many they are."""

    withdraw_invitations = forms.BooleanField(
        label=_("Withdraw open invitations"),
        required=False,
        initial=True,
        help_text=_("Those that nobody has started. Who is in the middle of a test goes on."),
    )
