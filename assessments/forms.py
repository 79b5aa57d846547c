"""Forms of tests, for staff."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from assessments import queries
from assessments.models import Assessment, AssessmentVersion, DrawRule
from assessments.operations import VERSION_FIELDS, RuleDraft
from questions.models import QuestionBank, Skill


def _percent(label: Any, help_text: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget(),
        help_text=help_text,
    )


class AssessmentForm(forms.ModelForm):
    """The form of a test: its name, and the limits of the version that is being written."""

    introduction = forms.CharField(
        label=_("Introduction"),
        required=False,
        max_length=5000,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
        help_text=_("Markdown. Candidates read it before they start."),
    )
    minutes = forms.IntegerField(
        label=_("Time limit in minutes"), min_value=1, max_value=600, widget=UnfoldAdminIntegerFieldWidget()
    )
    pass_mark = _percent(_("Pass mark (%)"), _("At or above it is a pass."))
    borderline_from = _percent(_("Borderline from (%)"), _("From here up to the pass mark a person decides."))
    shuffle_questions = forms.BooleanField(
        label=_("Shuffle questions"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    shuffle_options = forms.BooleanField(
        label=_("Shuffle options"), required=False, widget=UnfoldBooleanSwitchWidget
    )

    class Meta:
        model = Assessment
        fields = ("name", "slug")
        help_texts = {"slug": _("Part of addresses and commands; it stays as it is once chosen.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = queries.draft_of(self.instance) if self.instance.pk else AssessmentVersion()
        for name in VERSION_FIELDS if version is not None else ():
            self.initial.setdefault(name, getattr(version, name))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        pass_mark, borderline = cleaned.get("pass_mark"), cleaned.get("borderline_from")
        if pass_mark is not None and borderline is not None and borderline > pass_mark:
            self.add_error(
                "borderline_from", gettext("The borderline band must start at or below the pass mark.")
            )
        return cleaned

    def limits(self) -> dict[str, Any]:
        """Return what was typed about the version."""
        return {name: self.cleaned_data[name] for name in VERSION_FIELDS if name in self.cleaned_data}


class RuleForm(forms.ModelForm):
    """One line of a blueprint. A line without a bank is no rule."""

    bank = forms.ModelChoiceField(
        label=_("Bank"), queryset=QuestionBank.objects.none(), required=False, empty_label=_("No rule")
    )
    skill = forms.ModelChoiceField(
        label=_("Skill"), queryset=Skill.objects.none(), required=False, empty_label=_("Any")
    )
    count = forms.IntegerField(label=_("Questions"), min_value=1, max_value=200, initial=1)
    marks = forms.DecimalField(label=_("Marks each"), min_value=0, max_digits=6, decimal_places=2, initial=1)

    class Meta:
        model = DrawRule
        fields = ("bank", "skill", "level", "difficulty", "count", "marks")
        widgets = {"difficulty": forms.NumberInput({"min": 1, "max": 5})}

    def __init__(self, *args: Any, banks: Any, skills: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank"].queryset = banks  # type: ignore[attr-defined]
        self.fields["skill"].queryset = skills  # type: ignore[attr-defined]
        level = self.fields["level"]
        level.choices = [("", gettext("Any")), *level.choices[1:]]  # type: ignore[attr-defined]

    def clean_difficulty(self) -> int | None:
        difficulty: int | None = self.cleaned_data["difficulty"]
        if difficulty is not None and not 1 <= difficulty <= 5:
            raise ValidationError(gettext("From 1 to 5, or empty for any."))
        return difficulty

    def clean_marks(self) -> Any:
        if self.cleaned_data["marks"] <= 0:
            raise ValidationError(gettext("More than nothing."))
        return self.cleaned_data["marks"]

    def has_changed(self) -> bool:
        """A line whose bank was chosen counts, also when everything else stayed as it was offered."""
        return bool(self.data.get(self.add_prefix("bank"))) if self.is_bound else super().has_changed()

    def _post_clean(self) -> None:
        """Nothing is saved from here; the operation checks and writes."""

    def draft(self) -> RuleDraft | None:
        """Return the rule that was typed, or None for an empty line."""
        data = self.cleaned_data
        if not data.get("bank") or data.get("DELETE"):
            return None
        return RuleDraft(
            bank=data["bank"],
            skill=data["skill"],
            level=data["level"],
            difficulty=data["difficulty"],
            count=data["count"],
            marks=data["marks"],
        )


RuleFormSet = forms.formset_factory(RuleForm, extra=3, can_delete=True, max_num=200, validate_max=True)


class ExtendForm(forms.Form):
    """Until when tests may be started."""

    expires_at = forms.DateTimeField(
        label=_("Until"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone."),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_expires_at(self) -> datetime:
        moment: datetime = self.cleaned_data["expires_at"]
        if moment <= self.now:
            raise ValidationError(gettext("Choose a moment in the future."))
        return moment


class WhyForm(forms.Form):
    """Why a colleague does something to an attempt."""

    reason = forms.CharField(
        label=_("Why"), max_length=300, help_text=_("For your colleagues; the candidate never sees it.")
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
