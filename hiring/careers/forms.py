"""The form of a job: who somebody is, what the job asks, and the agreement. Writing is the operation's part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.operations import CandidateDraft
from hiring.enums import AnswerKind, FieldRule
from hiring.models import ApplicationQuestion, Job
from hiring.rules.answers import LINE_LENGTH, MOST_IN_SIGHT, NO, TEXT_LENGTH, YES, AnswerDraft
from rendering.characters import clean_line, clean_text

QUESTION = "question-"


class ApplicationForm(forms.Form):
    """What somebody sends who applies. Name, address and phone are judged by whoever writes them, here as well: so that
    all that is wrong is said at once.
    """

    full_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "name"}),
        error_messages={"required": gettext_lazy("Give your name.")},
    )
    email = forms.CharField(
        label=gettext_lazy("Your email address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=gettext_lazy("The answer goes there, and a link to where your application stands."),
        error_messages={"required": gettext_lazy("Give your email address.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Your phone number"),
        max_length=50,
        required=False,
        widget=forms.TextInput({"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": gettext_lazy("Give your phone number.")},
    )
    consent = forms.BooleanField(
        label=gettext_lazy("I have read this and agree."),
        error_messages={"required": gettext_lazy("Tick the box to agree, then send the form again.")},
    )

    def __init__(self, *args: Any, job: Job, questions: Sequence[ApplicationQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        if job.phone_rule == FieldRule.HIDDEN:
            del self.fields["phone"]
        else:
            self.fields["phone"].required = job.phone_rule == FieldRule.REQUIRED
        agreement = self.fields.pop("consent")
        for question in questions:
            self.fields[name_of(question)] = _field(question)
        # Last, as it stands on the page.
        self.fields["consent"] = agreement
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        known = {name: data.get(name, "") for name in ("full_name", "email", "phone")}
        try:
            CandidateDraft(**known).cleaned()
        except ValidationError as error:
            for name, errors in error.error_dict.items():
                # What was missing is said already.
                if name in data:
                    self.add_error(name, errors)
        return self.cleaned_data

    @property
    def own(self) -> list[forms.BoundField]:
        """The questions of the job, for the template."""
        return [self[name_of(question)] for question in self.questions]

    def answers(self) -> list[AnswerDraft]:
        """What was answered, for the operation; what was left empty is no answer."""
        drafts = (self._answer(question) for question in self.questions)
        return [draft for draft in drafts if draft is not None]

    def _answer(self, question: ApplicationQuestion) -> AnswerDraft | None:
        value = self.cleaned_data[name_of(question)]
        match question.kind:
            case AnswerKind.NUMBER:
                return None if value is None else AnswerDraft(question_id=question.pk, number=value)
            case AnswerKind.CHOICES:
                return AnswerDraft(question_id=question.pk, codes=value) if value else None
            case AnswerKind.CHOICE | AnswerKind.YES_NO:
                return AnswerDraft(question_id=question.pk, codes=[value]) if value else None
            case AnswerKind.LONG_TEXT:
                text = clean_text(value).strip()
            case _:
                text = clean_line(value)
        return AnswerDraft(question_id=question.pk, text=text) if text else None


def name_of(question: ApplicationQuestion) -> str:
    """Return what a question's field is called in the form."""
    return f"{QUESTION}{question.pk}"


def typed(data: QueryDict, questions: Sequence[ApplicationQuestion]) -> dict[str, Any]:
    """Return what was typed into a form that is shown again without being judged."""
    several = {name_of(question) for question in questions if question.kind == AnswerKind.CHOICES}
    return {name: data.getlist(name) if name in several else data[name] for name in data}


def _field(question: ApplicationQuestion) -> forms.Field:
    facts: dict[str, Any] = {
        "label": question.text,
        # The template would take it for HTML.
        "help_text": escape(question.help_text),
        "required": question.is_required,
    }
    chosen = {"required": _("Choose an answer to “%(question)s”.") % {"question": question.text}}
    written = {"required": _("Answer “%(question)s”.") % {"question": question.text}}
    match question.kind:
        case AnswerKind.LONG_TEXT:
            return forms.CharField(
                **facts, max_length=TEXT_LENGTH, widget=forms.Textarea({"rows": 5}), error_messages=written
            )
        case AnswerKind.NUMBER:
            unreadable = _("Give a number for “%(question)s”.") % {"question": question.text}
            return forms.DecimalField(
                **facts,
                max_digits=14,
                decimal_places=2,
                widget=forms.NumberInput({"step": "any"}),
                error_messages=written | {"invalid": unreadable},
            )
        case AnswerKind.YES_NO:
            yes_no = [(YES, _("Yes")), (NO, _("No"))]
            return forms.ChoiceField(**facts, choices=yes_no, widget=forms.RadioSelect, error_messages=chosen)
        case AnswerKind.CHOICE:
            return _choice(question, facts, chosen)
        case AnswerKind.CHOICES:
            return forms.MultipleChoiceField(
                **facts,
                choices=_options(question),
                widget=forms.CheckboxSelectMultiple,
                error_messages=chosen,
            )
        case _:
            return forms.CharField(**facts, max_length=LINE_LENGTH, error_messages=written)


def _choice(
    question: ApplicationQuestion, facts: dict[str, Any], messages: dict[str, Any]
) -> forms.ChoiceField:
    options = _options(question)
    if len(options) <= MOST_IN_SIGHT:
        return forms.ChoiceField(**facts, choices=options, widget=forms.RadioSelect, error_messages=messages)
    return forms.ChoiceField(
        **facts, choices=[("", _("Choose")), *options], widget=forms.Select, error_messages=messages
    )


def _options(question: ApplicationQuestion) -> list[tuple[str, str]]:
    return [(option["code"], option["text"]) for option in question.options]
