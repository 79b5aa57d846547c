"""Forms about interviews and recommendations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from hiring.enums import Verdict


class AskInterviewForm(forms.Form):
    """An interview beside those that stages ask for."""

    title = forms.CharField(
        label=_("What it is about"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class InterviewersForm(forms.Form):
    """Who holds an interview."""

    users = forms.ModelMultipleChoiceField(
        User.objects.none(), label=_("Who interviews"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, possible: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["users"]
        field.queryset = User.objects.filter(pk__in=[user.pk for user in possible])
        # Those of the job come first.
        field.choices = [(user.pk, str(user)) for user in possible]


class RecommendForm(forms.Form):
    """Whether to go on with somebody."""

    verdict = forms.ChoiceField(
        label=_("Go on with this person?"), choices=[("", _("Choose")), *Verdict.choices]
    )
    comment = forms.CharField(
        label=_("Why"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Everybody who sees the people of this job reads it."),
    )
