"""Forms of outbox."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from outbox.enums import MessageState
from outbox.models import MessageTemplate
from outbox.operations.templates import check_words
from outbox.registries import message_kinds
from outbox.rules import LINK_MARK
from rendering.characters import clean_line


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
        choices=[("", _("Every state")), ("needs_you", _("Failed or unknown")), *MessageState.choices],
    )

    def clean_q(self) -> str:
        return clean_line(self.cleaned_data["q"])


class MessageTemplateForm(forms.ModelForm):
    """The words of a kind of mail. Checks by the rules of `operations.save_template`."""

    class Meta:
        model = MessageTemplate
        fields = ["kind", "language", "subject", "body", "button"]
        widgets = {
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
        if "language" in self.fields:
            self.fields["language"] = forms.ChoiceField(
                label=_("Language"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget()
            )
        kind = self.instance.kind or self.initial.get("kind", "")
        known = next((known for known in message_kinds() if known.kind == kind), None)
        if known is not None:
            listing = "; ".join(f"{{{{ {name} }}}} – {text}" for name, text in known.fields.items())
            if LINK_MARK in str(known.body):
                listing += "; " + _("%(mark)s – where the button stands") % {"mark": LINK_MARK}
            self.fields["body"].help_text = _("You can use: %(fields)s.") % {"fields": listing}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        words = {name: cleaned.get(name, "") for name in ("subject", "body", "button")}
        try:
            check_words(kind=cleaned.get("kind") or self.instance.kind, **words)
        except ValidationError as error:
            self.add_error(None, error)
        return cleaned
