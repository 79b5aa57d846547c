"""Forms about people in a job: adding, importing, writing about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, User
from candidates.enums import NoteAudience
from candidates.operations import checked_tags
from hiring.enums import Source
from hiring.forms.choices import colleagues
from hiring.operations.credit import Credit


class _CreditForm(forms.Form):
    """How somebody came, and who has the credit for it."""

    # Without one it is what the form begins with.
    source = forms.ChoiceField(label=_("Source"), required=False)
    referred_by = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Colleague"),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Of a referral: who has the credit."),
    )
    agency = forms.CharField(
        label=_("Agency"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Of an agency: its name."),
    )

    sources: Sequence[Source] = ()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [(source.value, source.label) for source in self.sources]  # type: ignore[attr-defined]
        self.fields["referred_by"].queryset = colleagues(actor)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not {"source", "referred_by", "agency"} & set(self.errors):
            try:
                credit = self.credit(data).cleaned()
            except ValidationError as error:
                self.add_error(None, error)
            else:
                data |= {name: getattr(credit, name) for name in ("source", "referred_by", "agency")}
        return data

    def credit(self, data: dict[str, Any]) -> Credit:
        """What was said of it, in cleaned `data`."""
        return Credit(
            source=Source(data["source"] or self.sources[0]),
            referred_by=data["referred_by"],
            agency=data["agency"],
        )


class CorrectSourceForm(_CreditForm):
    """Where an application really comes from, and why it says something else."""

    # What a program alone can know is not said by hand.
    sources = (Source.ADDED, Source.CAREERS, Source.REFERRAL, Source.AGENCY, Source.IMPORT)

    reason = forms.CharField(
        label=_("Why it is corrected"),
        max_length=300,
        help_text=_("Stays with the person as a note for recruiters."),
    )


class NewApplicationForm(_CreditForm):
    """A person who applies for a job. Addresses and names are judged where they are written."""

    sources = (Source.ADDED, Source.REFERRAL, Source.AGENCY)
    field_order = ("full_name", "email", "phone")

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
    # Asked for only once somebody turns out to have applied recently.
    again_reason = forms.CharField(
        label=_("Why they are added again"),
        max_length=300,
        required=False,
        help_text=_("Stays with the application. Only colleagues read it."),
    )


class NoteForm(forms.Form):
    """What a colleague wants to keep about a person."""

    body = forms.CharField(label=_("Note"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 2}))
    audience = forms.ChoiceField(
        label=_("Who may read it"), choices=NoteAudience.choices, initial=NoteAudience.TEAM
    )
    mentions = forms.ModelMultipleChoiceField(
        label=_("Who is told of it"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": _(
                "Somebody whom you chose may not see this person. Choose among those listed."
            ),
            "invalid_pk_value": _("Choose among those listed."),
        },
    )

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mentions"].queryset = colleagues  # type: ignore[attr-defined]


class BulkTagsForm(forms.Form):
    """The words that many people get or lose."""

    add = forms.CharField(
        label=_("Tags that they get"), max_length=500, required=False, help_text=_("Separated by commas.")
    )
    take = forms.CharField(
        label=_("Tags that are taken from them"),
        max_length=500,
        required=False,
        help_text=_("Separated by commas. Whoever does not have them stays as they are."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for field in ("add", "take"):
            words = [word for word in data.get(field, "").split(",") if word.strip()]
            try:
                data[field] = checked_tags(words)
            except ValidationError as error:
                self.add_error(field, error)
        if not self.errors and not data["add"] and not data["take"]:
            self.add_error("add", _("Write a tag in one of the two fields."))
        return data


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
