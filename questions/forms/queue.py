"""Forms of the review queue."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor
from questions.enums import FindingKind, QueueReason, Weight
from questions.models import QuestionBank
from questions.queries import WantedQueue

LONGEST_WORDS = 100


class QueueForm(forms.Form):
    """What of the queue is asked for. What cannot be asked for is left aside."""

    q = forms.CharField(label=_("Search"), required=False, max_length=LONGEST_WORDS)
    bank = forms.ModelChoiceField(
        label=_("Bank"), queryset=QuestionBank.objects.none(), required=False, empty_label=_("All banks")
    )
    kind = forms.ChoiceField(label=_("What"), required=False)
    weight = forms.ChoiceField(
        label=_("How much it matters"), required=False, choices=[("", _("All")), *Weight.choices]
    )
    mine = forms.BooleanField(label=_("Only mine"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        banks = QuestionBank.objects.visible_to(actor).order_by("name", "pk")
        self.fields["bank"].queryset = banks  # type: ignore[attr-defined]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("Everything")),
            (_("Reviews"), [each for each in QueueReason.choices if each[0] in QueueReason.reviews]),
            (_("Others"), [each for each in QueueReason.choices if each[0] not in QueueReason.reviews]),
            (_("What was found"), FindingKind.choices),
        ]

    def wanted(self) -> WantedQueue:
        """Return what is asked for."""
        self.is_valid()
        given = self.cleaned_data
        bank = given.get("bank")
        return WantedQueue(
            bank=bank.pk if bank else None,
            kind=given.get("kind", ""),
            weight=given.get("weight", ""),
            mine=given.get("mine", False),
            words=given.get("q", "").replace("\x00", "").strip(),
        )


class AcceptForm(forms.Form):
    """Why something stays as it is."""

    reason = forms.CharField(
        label=_("Why it stays as it is"),
        max_length=300,
        help_text=_("Colleagues read it on the question. It holds until the text changes there."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
