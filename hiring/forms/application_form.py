"""The editor of a job's form, and the form of a tracking link."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, User
from hiring.enums import AnswerKind, FieldRule, Source
from hiring.forms.choices import colleagues
from hiring.models import ApplicationQuestion
from hiring.rules.answers import (
    LINE_LENGTH,
    MOST_QUESTIONS,
    NO,
    OFFERED,
    YES,
    QuestionDraft,
    bounds_of,
)

_SOURCES = (Source.LINK, Source.AGENCY, Source.REFERRAL)
# What a question of yes or no calls its answers in this form.
_SAID = {YES: _("Yes"), NO: _("No")}

_LINES, _NUMBERS = ("options", "flagged"), ("least", "most", "below", "above")
# What a question of each kind says nothing about.
_MISFITS = {
    AnswerKind.TEXT: (*_LINES, *_NUMBERS),
    AnswerKind.LONG_TEXT: (*_LINES, *_NUMBERS),
    AnswerKind.FILE: (*_LINES, *_NUMBERS),
    AnswerKind.YES_NO: ("options", *_NUMBERS),
    AnswerKind.NUMBER: _LINES,
    AnswerKind.CHOICE: _NUMBERS,
    AnswerKind.CHOICES: _NUMBERS,
}


class FormWordsForm(forms.Form):
    """What stands above the questions, and whether a résumé and a phone number are asked for."""

    introduction = forms.CharField(
        label=_("Introduction"),
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands above the form. You can write Markdown."),
    )
    resume_rule = forms.ChoiceField(label=_("Résumé"), choices=FieldRule.choices)
    phone_rule = forms.ChoiceField(label=_("Phone number"), choices=FieldRule.choices)


class QuestionForm(forms.Form):
    """A question of a job's form."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Chosen from the first, so that the empty form of a new question counts as untouched.
    kind = forms.ChoiceField(
        label=_("Answered by"),
        choices=[(kind.value, kind.label) for kind in OFFERED],
        initial=AnswerKind.TEXT.value,
    )
    text = forms.CharField(label=_("Question"), max_length=LINE_LENGTH)
    help_text = forms.CharField(
        label=_("Help"), max_length=LINE_LENGTH, required=False, help_text=_("Stands below the field.")
    )
    is_required = forms.BooleanField(label=_("Must be answered"), required=False)
    options = forms.CharField(
        label=_("Answers to choose from"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line, two at least."),
    )
    flagged = forms.CharField(
        label=_("Answers that ask for a second look"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One on each line, written as they are offered; Yes or No for a question of yes or no."),
    )
    least = forms.DecimalField(
        label=_("Smallest number"),
        max_digits=14,
        decimal_places=2,
        required=False,
    )
    most = forms.DecimalField(
        label=_("Largest number"),
        max_digits=14,
        decimal_places=2,
        required=False,
    )
    below = forms.DecimalField(
        label=_("A number below this asks for a second look"), max_digits=14, decimal_places=2, required=False
    )
    above = forms.DecimalField(
        label=_("A number above this asks for a second look"), max_digits=14, decimal_places=2, required=False
    )

    def clean(self) -> dict[str, Any]:
        """What does not fit the kind is not seen, so nothing is wrong with it."""
        data = dict(super().clean() or {})
        for name in _MISFITS.get(data.get("kind", ""), ()):
            self.errors.pop(name, None)
            data[name] = "" if name in _LINES else None
        return data

    def draft(self) -> QuestionDraft:
        """What was typed, for the operation."""
        data = self.cleaned_data
        codes = {str(words).casefold(): code for code, words in _SAID.items()}
        flagged = [line.strip() for line in data["flagged"].splitlines() if line.strip()]
        if data["kind"] == AnswerKind.YES_NO:
            flagged = [codes.get(line.casefold(), line) for line in flagged]
        return QuestionDraft(
            kind=data["kind"],
            text=data["text"],
            help_text=data["help_text"],
            is_required=data["is_required"],
            options=data["options"].splitlines(),
            flagged=flagged,
            least=data["least"],
            most=data["most"],
            below=data["below"],
            above=data["above"],
            pk=data["pk"],
        )


class _QuestionsFormSet(forms.BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Place")
        form.fields["DELETE"].label = _("Take this question out")


QuestionFormSet = forms.formset_factory(
    QuestionForm,
    formset=_QuestionsFormSet,
    extra=1,
    can_order=True,
    can_delete=True,
    max_num=MOST_QUESTIONS,
    validate_max=True,
)


def initial_questions(questions: Sequence[ApplicationQuestion]) -> list[dict[str, Any]]:
    """Return what stands in the form of each question."""
    return [_initial(question) for question in questions]


def _initial(question: ApplicationQuestion) -> dict[str, Any]:
    is_number = question.kind == AnswerKind.NUMBER
    texts = {} if is_number else {option["code"]: option["text"] for option in question.options}
    flags = question.flags
    bounds = flags if isinstance(flags, dict) else {}
    codes = [] if isinstance(flags, dict) else flags
    return {
        "pk": question.pk,
        "kind": question.kind,
        "text": question.text,
        "help_text": question.help_text,
        "is_required": question.is_required,
        "options": "\n".join(texts.values()),
        "flagged": "\n".join(str(texts.get(code) or _SAID.get(code, code)) for code in codes),
        **(bounds_of(question.options) if is_number else {}),
        **{name: Decimal(bound) for name, bound in bounds.items()},
    }


class TrackingLinkForm(forms.Form):
    """Where applicants come from who open a link."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("Where you put it, for example “Newsletter in May”. Applicants do not see it."),
    )
    source = forms.ChoiceField(
        label=_("Counts as"), choices=[(source.value, source.label) for source in _SOURCES]
    )
    referred_by = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Colleague"),
        required=False,
        empty_label=_("Nobody"),
        help_text=_("Of a referral: who has the credit."),
    )
    agency = forms.CharField(
        label=_("Agency"), max_length=120, required=False, help_text=_("Of an agency: its name.")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["referred_by"].queryset = colleagues(actor)  # type: ignore[attr-defined]
