"""Forms of outbox."""

from __future__ import annotations

from time import monotonic, sleep
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ResetPasswordForm as LibraryResetPasswordForm
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.enums import MailSecurity
from accounts.models import Organisation, User
from accounts.rules import GuessDoor
from outbox import operations, queries
from outbox.enums import MessageState, NotifyBy
from outbox.models import MessageTemplate
from outbox.operations.templates import check_name, check_words
from outbox.registries import message_kinds
from outbox.rules import LINK_MARK
from rendering.characters import clean_line

# Far above what a queued mail takes, on a busy database too.
SAME_SECONDS = 0.4


class MailFilterForm(forms.Form):
    """What the list of mail is narrowed down to."""

    q = forms.CharField(
        label=_("Subject or name"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("Every state")),
            ("needs_you", _("Failed, unknown or came back")),
            *MessageState.choices,
        ],
    )

    def clean_q(self) -> str:
        return clean_line(self.cleaned_data["q"])


class NotificationsForm(forms.Form):
    """When a colleague is mailed about each kind of event: a field for each kind, by its code."""

    prefix = "mail"

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, how in queries.notification_choices(user):
            self.fields[kind.kind] = forms.ChoiceField(
                label=kind.title, choices=NotifyBy.choices, initial=how.value
            )

    def choices(self) -> dict[str, NotifyBy]:
        return {kind: NotifyBy(how) for kind, how in self.cleaned_data.items()}


def profile_choices(user: User) -> dict[str, Any]:
    """Return what the card of the notifications on somebody's profile shows."""
    return {"form": NotificationsForm(user=user)}


class HeldMailForm(forms.Form):
    """Up to when held messages were written."""

    before = forms.DateTimeField(
        label=_("Written before (your time)"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
    )


class MessageTemplateForm(forms.ModelForm):
    """The words of a kind of mail. Checks by the rules of `operations.save_template`."""

    class Meta:
        model = MessageTemplate
        fields = ["kind", "name", "language", "subject", "body", "button", "is_active"]
        widgets = {
            "name": UnfoldAdminTextInputWidget(),
            "subject": UnfoldAdminTextInputWidget(),
            "body": UnfoldAdminTextareaWidget(attrs={"rows": 16}),
            "button": UnfoldAdminTextInputWidget(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            choices = [
                ("", _("Choose what it is for")),
                *((kind.kind, kind.title) for kind in message_kinds()),
            ]
            self.fields["kind"] = forms.ChoiceField(
                label=_("For"), choices=choices, widget=UnfoldAdminSelectWidget()
            )
        if "name" in self.fields:
            self.fields["name"].help_text = _("Letters alone have one: colleagues choose them by it.")
        if "language" in self.fields:
            self.fields["language"] = forms.ChoiceField(
                label=_("Language"), choices=settings.CANDIDATE_LANGUAGES, widget=UnfoldAdminSelectWidget()
            )
        kind = self.instance.kind or self.initial.get("kind", "")
        known = next((known for known in message_kinds() if known.kind == kind), None)
        if known is not None:
            listing = "; ".join(f"{{{{ {name} }}}} – {text}" for name, text in known.fields.items())
            if known.link_by_choice:
                listing += "; " + _("%(mark)s – where a button stands, if you want one") % {"mark": LINK_MARK}
            elif LINK_MARK in str(known.body):
                listing += "; " + _("%(mark)s – where the button stands") % {"mark": LINK_MARK}
            self.fields["body"].help_text = _("You can use: %(fields)s.") % {"fields": listing}

    def _get_validation_exclusions(self) -> set[str]:
        # They are no fields of this form, and yet part of what there is once.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"scope", "name"}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        words = {name: cleaned.get(name, "") for name in ("subject", "body", "button")}
        kind = cleaned.get("kind") or self.instance.kind
        try:
            check_words(kind=kind, **words)
            check_name(kind=kind, name=clean_line(cleaned.get("name", "")))
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned


class ResetPasswordForm(LibraryResetPasswordForm):
    """Asks for a new password. What follows is the same, and takes as long, whether anybody has the address or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("Email address")
        self.fields["email"].widget.attrs.pop("placeholder", None)

    def clean_email(self) -> str:
        # The library would look up who it is already here.
        email: str = self.cleaned_data["email"]
        get_adapter().take_guess(email, door=GuessDoor.RESET)
        return email

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        started = monotonic()
        email: str = self.cleaned_data["email"]
        operations.ask_for_new_password(address=email, now=timezone.now())
        # Writing and committing a mail takes milliseconds that nothing else would take.
        sleep(max(0.0, SAME_SECONDS - (monotonic() - started)))
        return email


class ChoosePasswordForm(forms.Form):
    """A password of one's own."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters. A few words in a row are strong and easy to keep in mind."),
    )
    again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "password" in cleaned and "again" in cleaned and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("This is not the same. Type it again."))
        return cleaned


class MailServerForm(forms.Form):
    """Where mail goes. The password is taken and never shown. Checked by the rules of `operations.set_mail_server`."""

    host = forms.CharField(
        label=_("Server"),
        max_length=253,
        help_text=_(
            "The name that your mail provider gives for sending (SMTP), for example smtp.example.com"
        ),
    )
    port = forms.IntegerField(label=_("Port"), widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    security = forms.ChoiceField(label=_("Encryption"), choices=MailSecurity.choices)
    user = forms.CharField(
        label=_("User name"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Often the whole email address. Leave it empty where the server asks for none."),
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, home: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("host", "port", "security", "user"):
            self.initial[name] = getattr(home, f"mail_{name}")
        if home.mail_password:
            self.fields["password"].help_text = _("One is stored. Leave this empty to keep it.")

    def clean_host(self) -> str:
        return str(self.cleaned_data["host"]).strip().lower()


class KeptMailForm(forms.Form):
    """Which of the messages that were kept here are to go out now."""

    codes = forms.MultipleChoiceField(
        choices=[], error_messages={"required": _("Choose at least one message.")}
    )

    def __init__(self, *args: Any, kept: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codes"].choices = [(message.public_id, message.subject) for message in kept]  # type: ignore[attr-defined]
