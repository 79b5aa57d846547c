"""Forms of colleagues and of the organisation."""

from __future__ import annotations

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminColorInputWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelect2Widget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from accounts.enums import Role
from accounts.models import Organisation, User
from rendering.colours import LIGHT_SURFACE, contrast, is_colour, nearest_readable
from rendering.pictures import Picture


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


class AccentWidget(UnfoldAdminColorInputWidget):
    """Chooses a colour; one that was refused comes back with the nearest that reads, and a button that takes it."""

    template_name = "shell/widgets/accent.html"
    nearest = ""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, value, attrs) | {"nearest": self.nearest}


class LogoField(forms.FileField):
    """An uploaded picture, which the page has read before its transaction began."""

    def clean(self, data: Any, initial: Any = None) -> Picture | None:
        upload = super().clean(data, initial)
        if not upload:
            return None
        if refusal := getattr(upload, "refusal", ""):
            raise ValidationError(refusal)
        picture: Picture = upload.picture
        return picture


class OrganisationForm(forms.ModelForm):
    """What candidates see of the organisation."""

    logo = LogoField(
        label=_("Logo"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        help_text=_(
            "PNG, JPEG or WebP of at most 2 MB. It stands in the header of candidates' pages and of mail."
        ),
    )
    remove_logo = forms.BooleanField(
        label=_("Take the logo away"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    accent = forms.CharField(
        label=_("Accent colour"),
        max_length=7,
        widget=AccentWidget,
        help_text=_(
            "Of buttons and links on candidates' pages and in mail. In the dark a lighter one takes its place."
        ),
    )
    site_address = forms.CharField(
        label=_("Site address"), required=False, max_length=200, widget=UnfoldAdminTextInputWidget
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        widget=UnfoldAdminSelect2Widget,
        help_text=_("For dates in mail and on pages where somebody's own is not known."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.CANDIDATE_LANGUAGES,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Of candidates' pages and mail, where nobody chose another for the person."),
    )

    class Meta:
        model = Organisation
        fields = (
            "name",
            "logo",
            "remove_logo",
            "accent",
            "careers_introduction",
            "privacy_contact",
            "site_address",
            "sender",
            "reply_to",
            "mail_footer",
            "time_zone",
            "language",
        )
        help_texts = {
            "name": _("As candidates know you."),
            "careers_introduction": _(
                "Who you are and how you hire, for whoever opens the site address itself. You can write Markdown. "
                "Without it that address leads to the sign-in."
            ),
            "privacy_contact": _("Stands at the foot of candidates' pages, for questions about their data."),
            "sender": _(
                "Who mail comes from: a name, or a name with an address, for example "
                "Larkfield Hiring &lt;jobs@example.com&gt;. Your mail server has to accept the address."
            ),
            "reply_to": _("Where answers of candidates go. Somebody should read them."),
            "mail_footer": _("Stands below every mail, for example the postal address."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "site_address" not in self.fields:
            return
        field = self.fields["site_address"]
        if settings.SITE_ADDRESS_FROM == "screen":
            field.help_text = _(
                "Where candidates and colleagues reach this site; links in mail start with it. At present that is "
                "%(address)s. A change counts from the next start on: stop Shortlist with Ctrl-C and start it again. "
                "For other machines to get through, put a proxy on this machine in front, or start with HOST=0.0.0.0"
            ) % {"address": settings.SITE_ADDRESS}
        else:
            field.disabled = True
            self.initial["site_address"] = settings.SITE_ADDRESS
            field.help_text = _(
                "Decided by the environment. To change it put a line like SITE_ADDRESS=https://hiring.example.com "
                "there and start Shortlist again."
            )

    def clean_site_address(self) -> str:
        # What is shown where the environment decides is not what was saved.
        if self.fields["site_address"].disabled:
            return str(self.instance.site_address)
        return str(self.cleaned_data["site_address"])

    def clean_accent(self) -> str:
        accent = str(self.cleaned_data["accent"]).lower()
        if not is_colour(accent):
            raise ValidationError(_("Write the colour as # and six digits, for example #4f46e5"))
        nearest = nearest_readable(accent)
        if nearest == accent or "use_nearest" in self.data:
            return nearest
        self.fields["accent"].widget.nearest = nearest
        words = _(
            "%(accent)s is too light: as a link on a white page its contrast is %(ratio).1f, and people need 4.5. The "
            "nearest that reads well is %(nearest)s."
        )
        ratio = contrast(accent, LIGHT_SURFACE)
        raise ValidationError(words % {"accent": accent, "ratio": ratio, "nearest": nearest})
