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


def mail_sample(kind: str, fields: Mapping[str, str], *, to_name: str, language: str) -> MailSample:
    """Return the mail of a kind as one person will read it. One query."""
    known = message_kind(kind)
    words: Words = merge(words_for(kind=known, language=language or "en"), kind=known, context=fields)
    before, _mark, after = words.body.partition("{{ link }}")
    return MailSample(to_name, words.subject, _paragraphs(before), _paragraphs(after), words.button)


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.split("\n\n") if part.strip()]
