"""The row of an option: its text, whether it is right or what it earns, and what people read who chose it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from questions.forms.fields import ShareField, TextField
from questions.rules import KeyDraft, OptionDraft
from questions.validators import LONGEST_FEEDBACK, LONGEST_OPTION

PLACES = [
    ("", _("Shuffled")),
    ("first", _("Always first")),
    ("here", _("Stays at this place")),
    ("last", _("Always last")),
]


class OptionForm(forms.Form):
    """One option. A row in which nothing is written is none."""

    code = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    text = TextField(label=_("Text"), rows=2, max_length=LONGEST_OPTION, required=False)
    right = forms.BooleanField(label=_("Right"), required=False)
    share = ShareField(label=_("Share"))
    feedback = TextField(label=_("Feedback"), rows=1, max_length=LONGEST_FEEDBACK, required=False)
    place = forms.ChoiceField(label=_("Place"), choices=PLACES, required=False)

    @property
    def is_blank(self) -> bool:
        """Whether nothing was written in it."""
        data = self.cleaned_data
        return not any(
            (data.get("text", "").strip(), data.get("feedback"), data.get("right"), data.get("share"))
        )

    @property
    def text_typed(self) -> str:
        return str(self.cleaned_data.get("text") or "")


def option_as_typed(option: OptionDraft, key: KeyDraft, *, is_right: bool) -> dict[str, Any]:
    """Return a stored option as its row shows it."""
    return {
        "code": option.code,
        "text": option.text,
        "right": is_right,
        "share": key.shares.get(option.code, "0"),
        "feedback": key.feedback.get(option.code, ""),
        "place": option.place,
    }
