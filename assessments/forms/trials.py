"""The form of what is tried out of a bank."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.queries.trials import MOST_TRIED, TrialChoice
from questions.enums import Level
from questions.models import Skill


class TrialForm(forms.Form):
    """Level, skill and how many."""

    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", _("Any level")), *Level.choices]
    )
    skill = forms.ModelChoiceField(
        label=_("Skill"), required=False, queryset=Skill.objects.none(), empty_label=_("Any skill")
    )
    count = forms.IntegerField(label=_("Questions"), min_value=1, max_value=MOST_TRIED, initial=10)
    drafts = forms.BooleanField(
        label=_("Drafts, too"),
        required=False,
        help_text=_("Of each question the newest version, whether it is ready or not."),
    )

    def __init__(self, *args: Any, skills: QuerySet[Skill], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"].queryset = skills  # type: ignore[attr-defined]

    def choice(self) -> TrialChoice:
        """What was chosen, once the form is valid."""
        data = self.cleaned_data
        skill = data["skill"]
        return TrialChoice(data["level"], skill.pk if skill else None, data["count"], data["drafts"])
