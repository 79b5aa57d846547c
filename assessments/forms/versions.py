"""The form of a test: its name, and everything that is set about the version that is being written."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    DATETIME_CLASSES,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from assessments import queries
from assessments.enums import CandidateSees, MarkingRule, Navigation
from assessments.models import Assessment, AssessmentVersion
from assessments.operations import VERSION_FIELDS
from assessments.rules import MOST_REMINDER_DAYS, MOST_REMINDERS


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


class MomentInput(forms.DateTimeInput):
    """A moment to the minute, chosen with what the browser has for it."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__({"class": " ".join(DATETIME_CLASSES)}, format="%Y-%m-%dT%H:%M")


def _whole(
    label: Any, least: int, most: int, help_text: Any = "", *, required: bool = True
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        required=required,
        widget=UnfoldAdminIntegerFieldWidget(),
        help_text=help_text,
    )


def _choice(label: Any, choices: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, widget=UnfoldAdminSelectWidget(), help_text=help_text
    )


def _switch(label: Any, help_text: Any = "") -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, widget=UnfoldBooleanSwitchWidget, help_text=help_text
    )


class VersionFields(forms.Form):
    """What its author sets about a version, and what of it cannot go together."""

    introduction = forms.CharField(
        label=_("Introduction"),
        required=False,
        max_length=5000,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
        help_text=_("Markdown. Candidates read it before they start."),
    )
    minutes = _whole(
        _("Time limit in minutes"), 1, 600, _("For the whole test. Extra time of a person comes on top.")
    )
    opens_at = forms.DateTimeField(
        label=_("Opens at"),
        required=False,
        widget=MomentInput(),
        help_text=_("In your time zone. Nobody starts before. Empty: at once."),
    )
    closes_at = forms.DateTimeField(
        label=_("Closes at"),
        required=False,
        widget=MomentInput(),
        help_text=_(
            "In your time zone. Nobody starts after; who has started keeps their time. Empty: never."
        ),
    )
    navigation = _choice(
        _("Moving about"),
        Navigation.choices,
        _(
            "Forward only: a question that was left does not come back. Candidates are told before they start."
        ),
    )
    question_seconds = _whole(
        _("Seconds a question"),
        10,
        3600,
        _("A limit for each question, in forward-only tests. Empty: none."),
        required=False,
    )
    buffer_seconds = _whole(
        _("A little more time, in seconds"),
        0,
        600,
        _("What one tap adds to a question with a limit, once a question. 0: nothing."),
    )
    shuffle_questions = _switch(_("Shuffle questions"), _("Within their section, otherwise for each person."))
    shuffle_options = _switch(
        _("Shuffle options"), _("Otherwise for each person; options marked as last stay at the end.")
    )
    marking = _choice(
        _("Marking of several right options"),
        MarkingRule.choices,
        _("A part for a part: right ones minus wrong ones, never below nothing."),
    )
    formula_scoring = _switch(
        _("Wrong answers cost marks"),
        _(
            "Formula scoring: a wrong answer costs one mark divided by the number of options less one, no answer costs "
            "nothing. Candidates are told before they start."
        ),
    )
    pass_mark = _percent(_("Pass mark (%)"), _("At or above it is a pass."))
    borderline_from = _percent(_("Borderline from (%)"), _("From here up to the pass mark a person decides."))
    candidate_sees = _choice(
        _("Candidates see"), CandidateSees.choices, _("On their own page, once the test is marked.")
    )
    valid_days = _whole(
        _("Days a result is valid"),
        1,
        3650,
        _("Counted from the end of the test. Empty: for good."),
        required=False,
    )
    most_attempts = _whole(
        _("Times a person may take it"), 1, 20, _("By new invitations. Earlier attempts are kept.")
    )
    retake_after_days = _whole(_("Days between two times"), 0, 3650, _("0: at once."))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        pass_mark, borderline = cleaned.get("pass_mark"), cleaned.get("borderline_from")
        if pass_mark is not None and borderline is not None and borderline > pass_mark:
            self.add_error(
                "borderline_from", gettext("The borderline band must start at or below the pass mark.")
            )
        if cleaned.get("question_seconds") and cleaned.get("navigation") == Navigation.FREE:
            self.add_error(
                "question_seconds",
                gettext(
                    "A limit for each question needs a test that is forward only. Choose that, or leave it empty."
                ),
            )
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", gettext("The test must close after it opens."))
        return cleaned

    def limits(self) -> dict[str, Any]:
        """Return what was typed about the version."""
        return {name: self.cleaned_data[name] for name in VERSION_FIELDS if name in self.cleaned_data}


class AssessmentForm(VersionFields, forms.ModelForm):
    """The form of a test: its name, and what is set about the version that is being written."""

    reminder_days = forms.CharField(
        label=_("Reminders"),
        max_length=40,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        help_text=_(
            "Days before an invitation ends at which people who have not started are reminded by mail, for example "
            "4, 1. Empty means never."
        ),
    )

    class Meta:
        model = Assessment
        fields = ("name", "slug")
        help_texts = {"slug": _("Part of addresses and commands; it stays as it is once chosen.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.instance.reminder_days
        self.initial["reminder_days"] = ", ".join(str(number) for number in days)
        version = queries.draft_of(self.instance) if self.instance.pk else AssessmentVersion()
        for name in VERSION_FIELDS if version is not None else ():
            self.initial.setdefault(name, getattr(version, name))

    def clean_reminder_days(self) -> list[int]:
        words = self.cleaned_data["reminder_days"].replace(",", " ").split()
        days = {int(word) for word in words if word.isdecimal() and len(word) < 4}
        if len(days) > MOST_REMINDERS or not all(
            word.isdecimal() and 1 <= int(word) <= MOST_REMINDER_DAYS for word in words
        ):
            raise ValidationError(
                gettext("At most five whole numbers from 1 to 90, with commas between them: 4, 1.")
            )
        return sorted(days, reverse=True)
