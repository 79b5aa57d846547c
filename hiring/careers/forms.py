"""The form of a job: who somebody is, what the job asks, and the agreement. Writing is the operation's part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from candidates.enums import DocumentKind
from candidates.operations import CandidateDraft
from hiring.careers.files import DocumentField, opened, size_of
from hiring.enums import AnswerKind, FieldRule
from hiring.models import ApplicationQuestion, Job, StagedUpload
from hiring.operations.applying import SentFile
from hiring.rules.answers import (
    LEAST,
    LINE_LENGTH,
    MOST,
    MOST_IN_SIGHT,
    NO,
    TEXT_LENGTH,
    YES,
    AnswerDraft,
    bounds_of,
)
from rendering.characters import clean_line, clean_text
from rendering.documents.sniffing import ANSWERS, TEXTS, DocumentRefused, check_together

QUESTION = "question-"
RESUME_HELP = gettext_lazy("A PDF, a Word document (.docx) or plain text (.txt) of at most 10 MB.")
ANSWER_HELP = gettext_lazy("A PDF, a Word document (.docx), plain text (.txt) or a picture of at most 10 MB.")


class ApplicationForm(forms.Form):
    """What somebody sends who applies. Name, address and phone are judged by whoever writes them, here as well: so that
    all that is wrong is said at once.
    """

    # All files together.
    are_too_large = False

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
    resume = DocumentField(
        accepts=TEXTS,
        label=gettext_lazy("Your résumé"),
        help_text=RESUME_HELP,
        error_messages={"required": gettext_lazy("Choose the file with your résumé.")},
    )
    consent = forms.BooleanField(
        label=gettext_lazy("I have read this and agree."),
        error_messages={"required": gettext_lazy("Tick the box to agree, then send the form again.")},
    )

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, UploadedFile] | None = None,
        *,
        job: Job,
        questions: Sequence[ApplicationQuestion],
        staged: Mapping[str, StagedUpload],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """`staged` are the files that wait here already, by field."""
        super().__init__(data, files, initial={**(initial or {}), **staged})
        self.questions = questions
        for name, rule in (("phone", job.phone_rule), ("resume", job.resume_rule)):
            if rule == FieldRule.HIDDEN:
                del self.fields[name]
            else:
                self.fields[name].required = rule == FieldRule.REQUIRED
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
        try:
            check_together(size_of(chosen) for chosen in self._chosen().values())
        except DocumentRefused as refusal:
            self.are_too_large = True
            self.add_error(None, refusal.words)
        return self.cleaned_data

    @property
    def own(self) -> list[forms.BoundField]:
        """The questions of the job, for the template."""
        return [self[name_of(question)] for question in self.questions]

    def _chosen(self) -> dict[str, UploadedFile | StagedUpload]:
        """What stands in the fields for files, as far as nothing is wrong with it."""
        names = [name for name, field in self.fields.items() if isinstance(field, DocumentField)]
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}

    def fresh(self) -> dict[str, UploadedFile]:
        """The files that came with this very form and may be kept, by field."""
        if self.are_too_large:
            return {}
        return {name: chosen for name, chosen in self._chosen().items() if isinstance(chosen, UploadedFile)}

    def sent_files(self) -> list[SentFile]:
        """The files of a form with nothing wrong in it, for the operation."""
        asked = {name_of(question): question.pk for question in self.questions}
        return [
            SentFile(field=name, question_id=asked.get(name), upload=opened(chosen))
            for name, chosen in self._chosen().items()
        ]

    def show_kept(self, staged: Mapping[str, StagedUpload]) -> None:
        """Say beside each field which file waits here."""
        for name, upload in staged.items():
            field = self.fields.get(name)
            if isinstance(field, DocumentField):
                field.show_kept(upload)
                # Taken from the field before, when the form was judged.
                self[name].help_text = field.help_text

    def answers(self) -> list[AnswerDraft]:
        """What was answered, for the operation; what was left empty is no answer."""
        drafts = (self._answer(question) for question in self.questions)
        return [draft for draft in drafts if draft is not None]

    def _answer(self, question: ApplicationQuestion) -> AnswerDraft | None:
        value = self.cleaned_data[name_of(question)]
        match question.kind:
            case AnswerKind.FILE:
                # It comes with the files.
                return None
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


class SendDocumentForm(forms.Form):
    """A file for an application that was sent before."""

    file = DocumentField(
        accepts=TEXTS,
        label=gettext_lazy("File"),
        help_text=RESUME_HELP,
        error_messages={"required": gettext_lazy("Choose the file.")},
    )

    def __init__(self, *args: Any, kind: DocumentKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == DocumentKind.ANSWER:
            self.fields["file"] = DocumentField(
                accepts=ANSWERS,
                label=self.fields["file"].label,
                help_text=ANSWER_HELP,
                error_messages=self.fields["file"].error_messages,
            )


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
        case AnswerKind.FILE:
            missing = _("Choose a file for “%(question)s”.") % {"question": question.text}
            facts["help_text"] = facts["help_text"] or ANSWER_HELP
            return DocumentField(**facts, accepts=ANSWERS, error_messages={"required": missing})
        case AnswerKind.LONG_TEXT:
            return forms.CharField(
                **facts, max_length=TEXT_LENGTH, widget=forms.Textarea({"rows": 5}), error_messages=written
            )
        case AnswerKind.NUMBER:
            return _number(question, facts, written)
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


def _number(
    question: ApplicationQuestion, facts: dict[str, Any], messages: dict[str, Any]
) -> forms.DecimalField:
    bounds = bounds_of(question.options)
    said = {
        "question": question.text,
        **{code: number_format(bound, use_l10n=True) for code, bound in bounds.items()},
    }
    match (LEAST in bounds, MOST in bounds):
        case (True, True):
            beyond = _("Give a number from %(least)s to %(most)s for “%(question)s”.") % said
            hint = _("From %(least)s to %(most)s.") % said
        case (True, False):
            beyond = _("Give a number of %(least)s or more for “%(question)s”.") % said
            hint = _("%(least)s or more.") % said
        case (False, True):
            beyond = _("Give a number of %(most)s or less for “%(question)s”.") % said
            hint = _("%(most)s or less.") % said
        case _:
            beyond = hint = ""
    facts["help_text"] = " ".join(part for part in (facts["help_text"], hint) if part)
    unreadable = _("Give a number for “%(question)s”.") % said
    return forms.DecimalField(
        **facts,
        max_digits=14,
        decimal_places=2,
        min_value=bounds.get(LEAST),
        max_value=bounds.get(MOST),
        widget=forms.NumberInput({"step": "any"}),
        error_messages=messages | {"invalid": unreadable, "min_value": beyond, "max_value": beyond},
    )


def _options(question: ApplicationQuestion) -> list[tuple[str, str]]:
    return [(option["code"], option["text"]) for option in question.options]
