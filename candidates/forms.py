"""The form of a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from candidates import queries
from candidates.models import Candidate
from candidates.validators import clean_email, clean_link, clean_name, clean_phone
from shell.forms import time_zone_choices


class CandidateForm(forms.ModelForm):
    """Who a person is, with all their addresses in one field: one a line, the main one first."""

    full_name = forms.CharField(label=_("Name"), max_length=400, widget=UnfoldAdminTextInputWidget)
    emails = forms.CharField(
        label=_("Email addresses"),
        help_text=_("One a line. Mail goes to the first."),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        max_length=4000,
    )
    links = forms.CharField(
        label=_("Profiles and pages"),
        help_text=_("One address a line, for example https://example.org/ada."),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2, "autocomplete": "off", "spellcheck": "false"}),
        max_length=6000,
    )
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False, widget=UnfoldAdminSelect2Widget)
    language = forms.ChoiceField(label=_("Language"), required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = Candidate
        fields = ("full_name", "emails", "phone", "links", "tags", "time_zone", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        not_known = [("", _("Not known"))]
        for name, choices in (("time_zone", time_zone_choices()), ("language", settings.CANDIDATE_LANGUAGES)):
            if name in self.fields:
                self.fields[name].choices = [*not_known, *choices]  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["emails"] = "\n".join(queries.addresses_of(self.instance))
            self.initial["links"] = "\n".join(link.url for link in queries.links_of(self.instance))

    def clean_full_name(self) -> str:
        return clean_name(self.cleaned_data["full_name"])

    def clean_phone(self) -> str:
        return clean_phone(self.cleaned_data["phone"])

    def clean_emails(self) -> list[str]:
        addresses = self._lines("emails", clean_email)
        if not addresses:
            raise ValidationError(_("Give at least one address."))
        return addresses

    def clean_links(self) -> list[str]:
        return self._lines("links", clean_link)

    def _lines(self, field: str, clean: Callable[[str], str]) -> list[str]:
        cleaned, problems = [], []
        for line in filter(str.strip, self.cleaned_data[field].splitlines()):
            try:
                cleaned.append(clean(line))
            except ValidationError as error:
                problems += [f"{line.strip()[:80]}: {message}" for message in error.messages]
        if problems:
            raise ValidationError(problems)
        return cleaned
