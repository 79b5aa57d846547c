"""Forms about people in a job: adding, finding, importing, writing about them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from candidates.enums import NoteAudience
from hiring.enums import ApplicationStatus, TestOutcome
from hiring.models import Stage
from hiring.queries.lists import PEOPLE_SORTS


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
