"""Forms about the installation: keys of programs, leaving the sample company."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Scope
from accounts.models import Actor
from hiring.models import Job
from hiring.operations import FirstAdministrator
from rendering.characters import clean_line


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
