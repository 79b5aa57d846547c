"""Forms about a job: its words, its members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, User
from assessments.models import Assessment
from hiring.enums import JobRole, ScoreRule
from hiring.forms.choices import colleagues, published_tests


class JobDetailsForm(forms.Form):
    """The words of a job."""

    title = forms.CharField(label=_("Title"), max_length=150)
    department = forms.CharField(label=_("Department"), max_length=120, required=False)
    location = forms.CharField(label=_("Location"), max_length=120, required=False)
    description = forms.CharField(
        label=_("Description"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What the person will do and what they need. You can write Markdown."),
    )


class NewJobForm(JobDetailsForm):
    """A job with what most jobs need on the first day; the rest is on its settings page."""

    hiring_manager = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Hiring manager"),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("Sees the people of this job, their results and the dashboard."),
    )
    assessment = forms.ModelChoiceField(
        Assessment.objects.none(),
        label=_("Test for the stage “Test”"),
        required=False,
        empty_label=_("No test yet"),
    )
    on_score = forms.ChoiceField(
        label=_("When a score arrives"),
        choices=ScoreRule.choices,
        initial=ScoreRule.ADVANCE_PASSED,
        help_text=_("Nobody is ever rejected by a score alone."),
    )

    field_order = [
        "title",
        "department",
        "location",
        "description",
        "hiring_manager",
        "assessment",
        "on_score",
    ]

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hiring_manager"].queryset = colleagues(actor)  # type: ignore[attr-defined]
        self.fields["assessment"].queryset = published_tests(actor)  # type: ignore[attr-defined]


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
