"""A mail as one of many people will read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.queries import organisation
from assessments.operations import CannotInvite, invitation_terms
from assessments.operations.mailing import merge_fields
from hiring.models import Application
from hiring.queries import current_stages
from hiring.queries.letters import sample_fields
from hiring.registries import MAIL_OF_TESTS
from outbox.operations.templates import Words, merge, with_button, words_for
from outbox.registries import message_kind
from outbox.rules import LINK_MARK, with_confidential


@dataclass(frozen=True, slots=True)
class MailSample:
    """What one of the people will read."""

    to_name: str
    subject: str
    paragraphs: list[str]
    paragraphs_after: list[str]
    button: str


def mail_sample(
    kind: str, fields: Mapping[str, str], *, to_name: str, language: str, scope: str = ""
) -> MailSample:
    """Return the mail of a kind as one person will read it. One query."""
    words = words_for(kind=message_kind(kind), language=language or "en", scope=scope)
    return sample_of(words, kind, fields, to_name=to_name)


def sample_of(words: Words, kind: str, fields: Mapping[str, str], *, to_name: str) -> MailSample:
    """Return words of a kind of mail as one person will read them. Raises `ValidationError` as `merge`."""
    merged = merge(words, kind=message_kind(kind), context=fields)
    before, _mark, after = with_confidential(merged.body).partition(LINK_MARK)
    return MailSample(to_name, merged.subject, _paragraphs(before), _paragraphs(after), merged.button)


def tried_on(
    application: Application, words: Words, kind: str, *, language: str, now: datetime
) -> MailSample:
    """Return words that mail of a job could have as the person of an application would read them.

    Mail about a test speaks of the first test of the job. Raises `ValidationError` where it has none, and as `merge`.
    """
    if kind in MAIL_OF_TESTS:
        fields = _test_fields(application, language=language, now=now)
    else:
        fields = sample_fields(application, organisation(), language=language, now=now)
    words = with_button(words, kind=message_kind(kind), language=language)
    return sample_of(words, kind, fields, to_name=application.candidate.full_name)


def _test_fields(application: Application, *, language: str, now: datetime) -> dict[str, str]:
    for stage in current_stages(application.job_id):
        if stage.assessment is None:
            continue
        try:
            terms = invitation_terms(stage.assessment, language=language, now=now)
        except (CannotInvite, ValidationError):
            continue
        with translation.override(language):
            decision = _("We can offer what you asked for.")
        answer = _("(Here stands what your colleague answers.)")
        return {
            **merge_fields(terms, application.candidate),
            "decision": decision,
            "answer": answer,
            # Of an open link; what it is called nobody knows here.
            "title": application.job.title,
        }
    raise ValidationError(
        {
            "application": _("No stage of “%(job)s” has a published test that this mail could speak of.")
            % {"job": application.job.title}
        }
    )


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]
