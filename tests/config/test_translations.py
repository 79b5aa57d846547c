"""The catalogues of candidates' pages: complete, current, and saying what the English says."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message
from django.conf import settings
from django.utils import timezone, translation

from outbox.enums import Audience
from outbox.registries import message_kinds
from rendering.moments import exact_time
from tests import translations
from tests.translations import LANGUAGES, ROOT, as_mo, as_po, catalogue, path_of, untranslated

# What a text is filled with, and marks that a page or a mail needs.
HOLES = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\{ \w+ \}\}|</?\w+[^>]*>")

pytestmark = pytest.mark.parametrize("language", LANGUAGES)


def messages(language: str) -> Iterator[Message]:
    return (message for message in catalogue(language, fresh=False) if message.id)


def pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Each text with its translation; both plural forms are held against the plural."""
    if isinstance(message.id, str):
        yield message.id, message.string
        return
    for translated in message.string:
        yield message.id[1], translated


def test_every_text_that_candidates_read_is_translated(language: str) -> None:
    assert untranslated(catalogue(language)) == []


def test_catalogue_is_what_the_sources_say_and_is_compiled(language: str) -> None:
    path = path_of(language)

    assert path.read_bytes() == as_po(catalogue(language)), "run python -m tests.translations"
    assert path.with_suffix(".mo").read_bytes() == as_mo(catalogue(language, fresh=False))


def test_translations_have_the_same_holes_and_marks(language: str) -> None:
    wrong = [
        (text, translated)
        for message in messages(language)
        for text, translated in pairs(message)
        if sorted(HOLES.findall(text)) != sorted(HOLES.findall(translated))
    ]

    assert wrong == []


def test_catalogue_says_that_it_is_a_draft(language: str) -> None:
    assert "A DRAFT" in path_of(language).read_text()[:300]


def test_every_file_that_is_named_has_words_for_candidates(language: str) -> None:
    places = {place for _message, place, _context in translations.words()}

    for pattern in translations.FILES:
        found = {str(path.relative_to(ROOT)) for path in ROOT.glob(pattern)}
        assert found & places, pattern
    assert language in dict(settings.CANDIDATE_LANGUAGES)


def test_words_of_every_mail_to_candidates_are_translated(language: str) -> None:
    for kind in message_kinds():
        if kind.audience != Audience.CANDIDATE:
            continue
        for name in ("subject", "body", "why", "button"):
            words = getattr(kind, name)
            with translation.override("en"):
                english = str(words)
            with translation.override(language):
                assert not english or str(words) != english, (kind.kind, name)


def test_moments_are_written_as_the_language_does(language: str) -> None:
    assert language == "de"
    moment = timezone.datetime(2026, 12, 10, 13, 30, tzinfo=timezone.get_fixed_timezone(60))

    with translation.override("de"), timezone.override("Europe/Berlin"):
        assert exact_time(moment) == "10. Dezember 2026, 13:30 CET"
