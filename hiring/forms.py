"""Forms of hiring's pages. They clean what was typed and hand it on; writing is the operations' part."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Scope
from accounts.models import Actor, User
from assessments.models import Assessment
from candidates.enums import NoteAudience
from hiring.enums import ApplicationStatus, JobRole, ScoreRule, StageKind, TestOutcome
from hiring.models import Job, RejectionReason, Stage
from hiring.operations import FirstAdministrator
from hiring.queries.lists import PEOPLE_SORTS, rejection_reasons
from hiring.rules import StageDraft
from rendering.characters import clean_line

PERIODS = {"30": _("30 days"), "90": _("90 days"), "365": _("12 months")}


def published_tests(actor: Actor) -> QuerySet[Assessment]:
    """The tests that people can be invited to, of those the actor sees. Lazy."""
    tests = Assessment.objects.filter(current_version__isnull=False, retired_at=None)
    return tests.visible_to(actor).order_by("name", "pk")


def colleagues(actor: Actor) -> QuerySet[User]:
    """Everyone who signs in. Lazy."""
    return User.objects.filter(is_active=True).visible_to(actor).order_by("full_name", "pk")


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


class StageForm(forms.Form):
    """A stage of a job."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=StageKind.choices)
    target_days = forms.IntegerField(
        label=_("Target days"),
        min_value=1,
        max_value=365,
        required=False,
    )
    assessment = forms.ModelChoiceField(
        Assessment.objects.none(), label=_("Test"), required=False, empty_label=_("No test")
    )
    on_score = forms.ChoiceField(label=_("When a score arrives"), choices=ScoreRule.choices, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessment"].queryset = published_tests(actor)  # type: ignore[attr-defined]

    def draft(self) -> StageDraft:
        """What was typed, for the operation."""
        data = self.cleaned_data
        return StageDraft(
            name=data["name"],
            kind=data["kind"],
            target_days=data["target_days"],
            assessment_id=data["assessment"].pk if data["assessment"] else None,
            on_score=data["on_score"] or ScoreRule.NONE,
            pk=data["pk"],
        )


class _StagesFormSet(forms.BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Place")
        form.fields["DELETE"].label = _("Remove this stage")


StageFormSet = forms.formset_factory(
    StageForm,
    formset=_StagesFormSet,
    extra=1,
    can_order=True,
    can_delete=True,
    min_num=1,
    validate_min=True,
    max_num=20,
    validate_max=True,
)


class PeopleGoToForm(forms.Form):
    """Where the people of a removed stage go."""

    people_go_to = forms.IntegerField(required=False)


class NewApplicationForm(forms.Form):
    """A person who applies for a job. Addresses and names are judged where they are written."""

    full_name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.CharField(
        label=_("Email address"),
        max_length=320,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Somebody with this address who is known already is linked, not doubled."),
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=50, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class PeopleFilterForm(forms.Form):
    """Which people of a job are listed, and in which order. Whatever an address says, something is shown."""

    LIVE = "live"

    q = forms.CharField(label=_("Name or email"), max_length=200, required=False)
    stage = forms.ModelChoiceField(
        Stage.objects.none(), label=_("Stage"), required=False, empty_label=_("Every stage")
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[(LIVE, _("Still in it")), *ApplicationStatus.choices, ("all", _("Every status"))],
    )
    result = forms.ChoiceField(
        label=_("Test result"),
        required=False,
        choices=[("", _("Every result")), *TestOutcome.choices, ("none", _("Not invited"))],
    )
    late = forms.BooleanField(label=_("Over target days"), required=False)
    sort = forms.ChoiceField(
        required=False, choices=[(name, name) for name in PEOPLE_SORTS], widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, stages: QuerySet[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].queryset = stages  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """What was understood; a part that makes no sense is as if it was not there."""
        self.is_valid()
        data = {name: self.cleaned_data.get(name) for name in self.fields}
        return {
            **data,
            "q": (data["q"] or "").strip(),
            "status": data["status"] or self.LIVE,
            "sort": data["sort"] or "stage",
        }


class BulkForm(forms.Form):
    """The frozen choice of people that a preview page sends on. What may be done with them is asked again."""

    ids = forms.CharField(widget=forms.HiddenInput)
    token = forms.UUIDField(widget=forms.HiddenInput)


class InviteForm(forms.Form):
    """Which test people are invited to."""

    assessment = forms.ModelChoiceField(Assessment.objects.none(), label=_("Test"), empty_label=None)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessment"].queryset = published_tests(actor)  # type: ignore[attr-defined]


class RejectForm(forms.Form):
    """Why applications are rejected, and whether the people are told."""

    reason = forms.ModelChoiceField(
        RejectionReason.objects.none(),
        label=_("Reason"),
        empty_label=_("Choose a reason"),
        help_text=_("For you and your colleagues. The mail does not repeat it."),
    )
    comment = forms.CharField(
        label=_("Comment"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stays with the application. Only colleagues read it."),
    )
    send_mail = forms.BooleanField(label=_("Tell them by mail"), required=False, initial=True)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].queryset = rejection_reasons().visible_to(actor)  # type: ignore[attr-defined]


class RejectionReasonForm(forms.ModelForm):
    """The words of a reason; two in use never read the same."""

    class Meta:
        model = RejectionReason
        fields = ("name", "is_active")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        others = RejectionReason.objects.filter(name__iexact=clean_line(data.get("name", "")), is_active=True)
        if data.get("is_active") and others.exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("There is a reason with these words already."))
        return data


class MoveForm(forms.Form):
    """To which stage."""

    stage = forms.ModelChoiceField(Stage.objects.none(), label=_("Move to"), empty_label=None)

    def __init__(self, *args: Any, stages: QuerySet[Stage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].queryset = stages  # type: ignore[attr-defined]


class StageMoveForm(MoveForm):
    """A move of one application, with the version its person was looking at."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class StatusForm(forms.Form):
    """Another status for one application."""

    status = forms.ChoiceField(choices=ApplicationStatus.choices)
    version = forms.IntegerField()
    comment = forms.CharField(max_length=1000, required=False)


class NoteForm(forms.Form):
    """What a colleague wants to keep about a person."""

    body = forms.CharField(label=_("Note"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 2}))
    audience = forms.ChoiceField(
        label=_("Who may read it"), choices=NoteAudience.choices, initial=NoteAudience.TEAM
    )


class TagsForm(forms.Form):
    """The words a person is sorted by."""

    tags = forms.CharField(
        label=_("Tags"), max_length=500, required=False, help_text=_("Separated by commas.")
    )

    def names(self) -> list[str]:
        """Each word once."""
        return list(
            dict.fromkeys(word.strip() for word in self.cleaned_data["tags"].split(",") if word.strip())
        )


class ImportForm(forms.Form):
    """A table of applicants."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or XLSX, at most 5 MB, with a header row."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )


class ResultsFilterForm(forms.Form):
    """Which results of a job are listed."""

    band = forms.ChoiceField(
        label=_("Result"), required=False, choices=[("", _("Every result")), *TestOutcome.choices]
    )
    assessment = forms.ModelChoiceField(
        Assessment.objects.none(), label=_("Test"), required=False, empty_label=_("Every test")
    )

    def __init__(self, *args: Any, tests: QuerySet[Assessment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["assessment"].queryset = tests  # type: ignore[attr-defined]


class DashboardForm(forms.Form):
    """Which period and jobs the figures are of."""

    period = forms.ChoiceField(label=_("Applied in the last"), choices=list(PERIODS.items()), required=False)
    job = forms.ModelChoiceField(
        Job.objects.none(), label=_("Job"), required=False, empty_label=_("Every job"), to_field_name="slug"
    )

    def __init__(self, parameters: Mapping[str, str], *, jobs: QuerySet[Job]) -> None:
        period = parameters.get("period", "")
        # A quarter where the address says nothing we know.
        super().__init__({"period": period if period in PERIODS else "90", "job": parameters.get("job", "")})
        self.fields["job"].queryset = jobs  # type: ignore[attr-defined]

    def days(self) -> int:
        """The length of the period."""
        return int(self.data["period"])


class NewApiKeyForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("What uses it, for example “Weekly report”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one thing that the key may do.")},
    )
    expires = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("It works to the end of this day."),
    )
    jobs = forms.ModelMultipleChoiceField(
        Job.objects.none(),
        label=_("Only these jobs"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose none to let it see every job that you see."),
    )

    def __init__(self, *args: Any, actor: Actor, today: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["jobs"].queryset = Job.objects.all().visible_to(actor).order_by("title", "pk")  # type: ignore[attr-defined]
        self.fields["expires"].initial = (timezone.localtime(today) + timedelta(days=90)).date()

    def expires_at(self) -> datetime:
        """The end of the last day, in the zone of whoever asks."""
        end = datetime.combine(self.cleaned_data["expires"] + timedelta(days=1), time.min)
        return timezone.make_aware(end).astimezone(UTC)


class StartForRealForm(forms.Form):
    """The real organisation and its first administrator; `confirm` is the name of the company that goes."""

    name = forms.CharField(
        label=_("Name of your organisation"), max_length=120, help_text=_("Candidates see it.")
    )
    full_name = forms.CharField(label=_("Your name"), max_length=150)
    email = forms.EmailField(label=_("Your email address"), help_text=_("You sign in with it."))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password_again = forms.CharField(
        label=_("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    confirm = forms.CharField(label=_("Type the name of the sample company"))

    def __init__(self, *args: Any, company: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.company = company
        self.fields["password"].help_text = " ".join(password_validators_help_texts())
        self.fields["confirm"].help_text = _("Type “%(name)s” to confirm that it goes.") % {"name": company}

    def clean_password_again(self) -> str:
        again: str = self.cleaned_data["password_again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("The two passwords differ. Please type both again."))
        return again

    def clean_confirm(self) -> str:
        typed = clean_line(self.cleaned_data["confirm"])
        if typed.casefold() != self.company.casefold():
            raise forms.ValidationError(_("This is not the name. Type “%(name)s”.") % {"name": self.company})
        return typed

    def administrator(self) -> FirstAdministrator:
        """Return who was typed in."""
        return FirstAdministrator(
            full_name=self.cleaned_data["full_name"],
            email=self.cleaned_data["email"],
            password=self.cleaned_data["password"],
        )
