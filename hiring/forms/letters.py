"""Forms for what colleagues write to people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Actor, Organisation
from hiring.enums import LetterReply
from hiring.forms.documents import ManyFiles
from hiring.models import Application, Job
from hiring.operations.letters import check_letter
from hiring.queries.letters import letters_for, other_words
from hiring.rules import Letter
from outbox.models import MessageTemplate
from outbox.operations.templates import check_words
from outbox.registries import MessageKind
from outbox.rules import Attachment
from rendering.characters import clean_text


class _LetterChoice(forms.ModelChoiceField):
    """Letters by their names, with the language: there can be one of a name in each."""

    def label_from_instance(self, obj: MessageTemplate) -> str:
        named = f"{obj.name} ({dict(settings.CANDIDATE_LANGUAGES).get(obj.language, obj.language)})"
        return gettext("%(letter)s, in the job's own words") % {"letter": named} if obj.scope else named


class _PersonChoice(forms.ModelChoiceField):
    """Applications by their people."""

    def label_from_instance(self, obj: Application) -> str:
        return f"{obj.candidate}, {obj.job.title}"


class LetterForm(forms.Form):
    """A letter: begun with saved words or empty, changed as one likes, now or later."""

    template = _LetterChoice(
        MessageTemplate.objects.none(),
        label=_("Begin with"),
        required=False,
        empty_label=_("An empty letter"),
    )
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 14}))
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.CANDIDATE_LANGUAGES,
        help_text=_("In which you write. What stands below every mail follows it."),
    )
    reply_to = forms.ChoiceField(label=_("Answers go to"), widget=forms.RadioSelect)
    attached = forms.FileField(
        label=_("Files that go with it"),
        required=False,
        allow_empty_file=True,
        widget=ManyFiles,
        help_text=_("PDF, Word (.docx), plain text (.txt), JPEG or PNG; at most 5, and 10 MB together."),
    )
    send_at = forms.DateTimeField(
        label=_("Goes out at"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("In your time zone. Empty means now."),
    )

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        home: Organisation,
        job: Job | None,
        jobs: Collection[Job] = (),
        now: datetime,
        attachments: Sequence[Attachment] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.now, self.attachments, self.actor, self.job, self.jobs = (
            now,
            tuple(attachments),
            actor,
            job,
            jobs,
        )
        self.fields["template"].queryset = letters_for(actor, job)  # type: ignore[attr-defined]
        answers = [
            (LetterReply.ME, _with(LetterReply.ME, actor.user.email if actor.user else "")),
            (LetterReply.ORGANISATION, _with(LetterReply.ORGANISATION, home.reply_to)),
        ]
        if job is None or job.reply_to:
            answers.insert(1, (LetterReply.JOB, _with(LetterReply.JOB, job.reply_to if job else "")))
        self.fields["reply_to"].choices = answers  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                check_letter(self.letter, now=self.now)
            except ValidationError as error:
                self.add_error(None, error)
        return data

    @cached_property
    def letter(self) -> Letter:
        """What was typed, for the operation."""
        data, saved = self.cleaned_data, self._saved()
        return Letter(
            subject=data["subject"],
            body=data["body"],
            language=data["language"],
            button=saved.button if saved else "",
            others=other_words(self.actor, saved, job=self.job, jobs=self.jobs) if saved else (),
            reply_to=LetterReply(data["reply_to"]),
            send_at=data["send_at"],
            attachments=self.attachments,
        )

    def _saved(self) -> MessageTemplate | None:
        """The saved words that it was begun with, if nothing of them was changed."""
        data = self.cleaned_data
        template: MessageTemplate | None = data.get("template")
        if template is None or data["language"] != template.language:
            return None
        is_same = all(_plain(data[name]) == _plain(getattr(template, name)) for name in ("subject", "body"))
        return template if is_same else None


def _plain(text: str) -> str:
    # Browsers send other ends of lines than they got.
    return clean_text(text).strip()


def _with(choice: LetterReply, address: str) -> str:
    return f"{choice.label} ({address})" if address else str(choice.label)


class TryWordsForm(forms.Form):
    """On whom saved words are tried."""

    application = _PersonChoice(
        Application.objects.none(),
        label=_("Read it as"),
        empty_label=_("Choose somebody who applied"),
        to_field_name="public_id",
    )

    def __init__(self, *args: Any, people: QuerySet[Application], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["application"].queryset = people  # type: ignore[attr-defined]


class JobWordsOfMailForm(forms.Form):
    """The words of a mail for one job. Checked by the rules of `operations.save_job_words`."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("By which colleagues choose it."))
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 14}))
    button = forms.CharField(label=_("Button"), max_length=60, required=False)
    application = _PersonChoice(
        Application.objects.none(),
        label=_("Look at it as it reads for"),
        required=False,
        empty_label=_("Nobody yet"),
        to_field_name="public_id",
    )

    def __init__(
        self, *args: Any, kind: MessageKind, people: QuerySet[Application], is_new: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["application"].queryset = people  # type: ignore[attr-defined]
        if not is_new:
            del self.fields["name"]
        if not kind.button:
            del self.fields["button"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        try:
            check_words(kind=self.kind.kind, **self.words())
        except ValidationError as error:
            self.add_error(None, error)
        return data

    def words(self) -> dict[str, str]:
        """What was typed, for the operation."""
        return {name: self.cleaned_data.get(name) or "" for name in ("subject", "body", "button")}
