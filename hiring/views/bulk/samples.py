"""A mail as one of many people will read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from outbox.operations.templates import Words, merge, words_for
from outbox.registries import message_kind


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
    before, _mark, after = merged.body.partition("{{ link }}")
    return MailSample(to_name, merged.subject, _paragraphs(before), _paragraphs(after), merged.button)


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]
