"""How often a question may be shown, and where it became known."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from questions.operations.writing.flags import LONGEST_PLACE

LARGEST_CAP = 1_000_000


class CapForm(forms.Form):
    """After how many times of being shown a question rests."""

    times = forms.IntegerField(
        label=_("Rests after being shown so often"),
        required=False,
        min_value=1,
        max_value=LARGEST_CAP,
        help_text=_("Empty for what its bank says."),
    )


class LeakForm(forms.Form):
    """Where a question was found."""

    note = forms.CharField(
        label=_("Where it was found"),
        required=False,
        max_length=LONGEST_PLACE,
        help_text=_("For colleagues; an address or the name of a forum is enough."),
    )
