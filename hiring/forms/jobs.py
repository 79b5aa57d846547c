"""Forms about a job: its words, its members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, User
from assessments.models import Assessment
from hiring.enums import JobKind, JobRole, SalaryPeriod, ScoreRule
from hiring.forms.choices import colleagues, pipelines_in_use, published_tests
from hiring.models import PipelineTemplate
from hiring.rules import MOST_OPENINGS, SALARY_FIELDS

_MOST = 1_000_000_000


class JobWordsForm(forms.Form):
    """What a job is."""

    title = forms.CharField(label=_("Title"), max_length=150)
    department = forms.CharField(label=_("Department"), max_length=120, required=False)
    team = forms.CharField(label=_("Team"), max_length=120, required=False)
    location = forms.CharField(label=_("Location"), max_length=120, required=False)
    kind = forms.ChoiceField(
        label=_("Kind of work"), required=False, choices=[("", _("Not said")), *JobKind.choices]
    )
    description = forms.CharField(
        label=_("Description"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What the person will do and what they need. You can write Markdown."),
    )


class JobDetailsForm(JobWordsForm):
    """What a job is, what it pays, and what is told to others than colleagues. The pay is for those who may read it."""

    salary_min = forms.IntegerField(label=_("Salary from"), min_value=0, max_value=_MOST, required=False)
    salary_max = forms.IntegerField(label=_("Salary to"), min_value=0, max_value=_MOST, required=False)
    salary_currency = forms.CharField(
        label=_("Currency"), max_length=3, required=False, help_text=_("Three letters, for example EUR")
    )
    salary_period = forms.ChoiceField(
        label=_("Paid for"), required=False, choices=[("", _("Not said")), *SalaryPeriod.choices]
    )
    salary_is_public = forms.BooleanField(label=_("Show the salary on the careers page"), required=False)
    is_listed = forms.BooleanField(
        label=_("List the job on the careers page"),
        required=False,
        help_text=_("While it is open. A job that is not listed takes people by links and by hand."),
    )
    apply_again_days = forms.IntegerField(
        label=_("Days until somebody may apply again"), min_value=0, max_value=3650
    )
    reply_to = forms.EmailField(
        label=_("Answers to letters of this job go to"),
        required=False,
        help_text=_("Left empty, they go where all answers to your organisation go."),
    )
    managers_move = forms.BooleanField(label=_("Hiring managers move people, too"), required=False)

    def __init__(self, *args: Any, sees_pay: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in () if sees_pay else SALARY_FIELDS:
            del self.fields[name]


class NewJobForm(JobWordsForm):
    """A job with what most jobs need on the first day; the rest is on its settings page."""

    openings = forms.IntegerField(
        label=_("Openings"),
        min_value=1,
        max_value=MOST_OPENINGS,
        initial=1,
        required=False,
        help_text=_("How many people you look for."),
    )
    hiring_manager = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Hiring manager"),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("Sees the people of this job, their results and the dashboard."),
    )
    pipeline = forms.ModelChoiceField(
        PipelineTemplate.objects.none(),
        label=_("Stages"),
        required=False,
        empty_label=_("The usual ones: Applied, Screen, Test, Interview, Offer"),
    )
    assessment = forms.ModelChoiceField(
        Assessment.objects.none(),
        label=_("Test for the stage “Test”"),
        required=False,
        empty_label=_("No test yet"),
        help_text=_("A pipeline that names a test of its own keeps it, if you choose none here."),
    )
    on_score = forms.ChoiceField(
        label=_("When a score arrives"),
        choices=ScoreRule.choices,
        initial=ScoreRule.ADVANCE_PASSED,
        help_text=_("Nobody is ever rejected by a score alone."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hiring_manager"].queryset = colleagues(actor)  # type: ignore[attr-defined]
        self.fields["pipeline"].queryset = pipelines_in_use(actor)  # type: ignore[attr-defined]
        self.fields["assessment"].queryset = published_tests(actor)  # type: ignore[attr-defined]

    def clean_openings(self) -> int:
        return self.cleaned_data["openings"] or 1


class CopyJobForm(forms.Form):
    """What a copy of a job is called."""

    title = forms.CharField(label=_("Title of the new job"), max_length=150)


class MembersForm(forms.Form):
    """Who does what on a job: one list of colleagues for each role."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for role in JobRole:
            self.fields[role.value] = forms.ModelMultipleChoiceField(
                colleagues(actor),
                label=_MEMBERS[role][0],
                help_text=_MEMBERS[role][1],
                required=role == JobRole.RECRUITER,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("A job needs at least one recruiter.")},
            )

    def members(self) -> list[tuple[User, JobRole]]:
        """What was chosen, for the operation."""
        return [(user, role) for role in JobRole for user in self.cleaned_data[role.value]]


_MEMBERS = {
    JobRole.RECRUITER: (_("Recruiters"), _("Move, invite and reject people, and change the job.")),
    JobRole.HIRING_MANAGER: (_("Hiring managers"), _("See the people, their results and the dashboard.")),
    JobRole.INTERVIEWER: (_("Interviewers"), _("Will see the people they interview.")),
}


class HandOverForm(forms.Form):
    """Who takes over a colleague's work."""

    to = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Who takes it over"),
        empty_label=_("Choose a colleague"),
        help_text=_("Where they are on a job already, they have both roles."),
    )

    def __init__(self, *args: Any, actor: Actor, colleague: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues(actor).exclude(pk=colleague.pk)  # type: ignore[attr-defined]
