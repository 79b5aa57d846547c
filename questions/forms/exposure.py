"""How often a question may be shown, and where it became known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from questions.models import Question
from questions.operations.writing.flags import LONGEST_PLACE

LARGEST_CAP = 1_000_000


class CapForm(forms.Form):
    """After how many times of being shown a question rests."""

    times = forms.IntegerField(
        label=_("Rests after being shown so often"),
        required=False,
        min_value=1,
        max_value=LARGEST_CAP,
        help_text=_("Empty for what its bank says."),
    )


class LimitsForm(forms.Form):
    """The own limits of the questions of a page, each with what it was when the page was shown."""

    def __init__(self, data: Any = None, *, questions: Iterable[Question]) -> None:
        super().__init__(data)
        self.questions = {question.pk: question for question in questions}
        for question in self.questions.values():
            limit = forms.IntegerField(
                label=_("Limit of %(id)s") % {"id": question.external_id},
                required=False,
                min_value=1,
                max_value=LARGEST_CAP,
                initial=question.rests_after,
            )
            limit.widget.attrs |= {"aria-label": limit.label, "placeholder": question.bank.rests_after or ""}
            self.fields[f"limit-{question.pk}"] = limit
            self.fields[f"was-{question.pk}"] = forms.IntegerField(
                required=False, initial=question.rests_after, widget=forms.HiddenInput
            )

    def of(self, question: Question) -> tuple[forms.BoundField, forms.BoundField]:
        """The two fields of a question."""
        return self[f"limit-{question.pk}"], self[f"was-{question.pk}"]

    def changes(self) -> list[tuple[Question, int | None, int | None]]:
        """The questions whose limit was changed here, each with what it was shown to be and what it is to be."""
        data = self.cleaned_data
        return [
            (question, data[f"was-{pk}"], data[f"limit-{pk}"])
            for pk, question in self.questions.items()
            if data[f"was-{pk}"] != data[f"limit-{pk}"]
        ]


class LeakForm(forms.Form):
    """Where a question was found."""

    note = forms.CharField(
        label=_("Where it was found"),
        required=False,
        max_length=LONGEST_PLACE,
        help_text=_("For colleagues; an address or the name of a forum is enough."),
    )
