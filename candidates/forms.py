"""The form of a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
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

from accounts.models import Actor
from candidates import queries
from candidates.models import Candidate
from candidates.queries.duplicates import Duplicate, people_like
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

    # Who adds somebody: among the people they see it is looked whether one may be the same.
    asker: Actor | None = None
    # Those whom they have looked at already and who are others, by their codes.
    passed_over: frozenset[str] = frozenset()
    twins: Sequence[Duplicate] = ()
    is_taken = False

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

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.asker is not None and not self.errors:
            self._look_for_twins(self.asker, data)
        return data

    def _look_for_twins(self, asker: Actor, data: dict[str, Any]) -> None:
        """Say who may be the person that is typed, before they are added."""
        self.is_taken = bool(queries.by_emails(data["emails"]))
        words = {name: data[name] for name in ("full_name", "emails", "phone", "links")}
        found = people_like(asker, **words)
        if self.is_taken:
            self.twins = found
            self.add_error("emails", _("A person with this address is here already."))
            return
        self.twins = [twin for twin in found if twin.person.public_id not in self.passed_over]
        if self.twins:
            self.add_error(None, _("Perhaps you know this person already. Nobody was added yet."))

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
