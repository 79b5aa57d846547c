"""Forms of colleagues and of the organisation."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminColorInputWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminURLInputWidget,
    UnfoldBooleanSwitchWidget,
)

from accounts.enums import Role
from accounts.models import Organisation, User


def time_zone_choices() -> list[tuple[str, str]]:
    """Zones that people live in, by name."""
    names = sorted(
        name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")
    )
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class ColleagueForm(forms.ModelForm):
    """Who a colleague is and what they may do. It holds no password: people set their own."""

    roles = forms.MultipleChoiceField(
        label=_("Roles in the organisation"),
        choices=Role.choices,
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("What someone does on one job is set on that job."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), required=False, choices=time_zone_choices, widget=UnfoldAdminSelect2Widget
    )
    language = forms.ChoiceField(label=_("Language"), required=False, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = User
        fields = ("full_name", "email", "roles", "time_zone", "language", "is_active")
        widgets = {"is_active": UnfoldBooleanSwitchWidget}
        help_texts = {
            "email": _("They sign in with it."),
            "is_active": _(
                "Switch this off when someone leaves: they are signed out at once and their keys end."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_organisation = [("", _("As the organisation"))]
        self.fields["time_zone"].choices = [*as_organisation, *time_zone_choices()]  # type: ignore[attr-defined]
        self.fields["language"].choices = [*as_organisation, *settings.LANGUAGES]  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["roles"] = sorted(self.instance.role_names())


class ProfileForm(forms.ModelForm):
    """What everyone may change of themselves."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        help_text=_("Moments on these pages are written in it."),
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, help_text=_("Of these pages and of mail to you.")
    )

    class Meta:
        model = User
        fields = ("full_name", "time_zone", "language")
        help_texts = {"full_name": _("As your colleagues see it.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        as_organisation = [("", _("As the organisation"))]
        self.fields["time_zone"].choices = [*as_organisation, *time_zone_choices()]  # type: ignore[attr-defined]
        self.fields["language"].choices = [*as_organisation, *settings.LANGUAGES]  # type: ignore[attr-defined]


class OrganisationForm(forms.ModelForm):
    """What candidates see of the organisation."""

    site_address = forms.URLField(
        label=_("Site address"),
        required=False,
        assume_scheme="https",
        help_text=_("Where people reach this site. Links in mail start with it."),
        widget=UnfoldAdminURLInputWidget,
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zone_choices, widget=UnfoldAdminSelect2Widget
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )

    class Meta:
        model = Organisation
        fields = (
            "name",
            "accent",
            "privacy_contact",
            "site_address",
            "sender",
            "reply_to",
            "mail_footer",
            "time_zone",
            "language",
        )
        widgets = {"accent": UnfoldAdminColorInputWidget}
