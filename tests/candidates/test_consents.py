"""What people are asked to agree to: in their language, and kept word for word."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from candidates.enums import ConsentPurpose
from candidates.models import ConsentText
from candidates.operations import keep_consent_text
from candidates.queries import current_consent_text
from candidates.rules import FIRST_WORDS, first_words
from tests.factories.questions import NOW

pytestmark = pytest.mark.django_db
TEST = ConsentPurpose.TEST


@pytest.mark.parametrize("purpose", ConsentPurpose)
def test_first_words_are_translated_and_english_where_nobody_did(purpose: ConsentPurpose) -> None:
    german = current_consent_text(purpose, "de")

    assert german.body.startswith("Ich bin damit einverstanden")
    assert german.language == "de"
    assert current_consent_text(purpose, "ar").body == first_words(purpose, "en")
    assert set(FIRST_WORDS) == set(ConsentPurpose)


def test_words_are_kept_once_a_language_and_a_mended_translation_is_another_row() -> None:
    first = keep_consent_text(purpose=TEST, language="de", now=NOW)
    with CaptureQueriesContext(connection) as again:
        second = keep_consent_text(purpose=TEST, language="de", now=NOW)
    ConsentText.objects.filter(pk=first.pk).update(body="Der alte Wortlaut")

    mended = keep_consent_text(purpose=TEST, language="de", now=NOW)

    assert (second.pk, len(again)) == (first.pk, 1)
    assert mended.pk != first.pk
    assert mended.body == first_words(TEST, "de")
    first.refresh_from_db()
    assert first.body == "Der alte Wortlaut"


def test_own_words_of_an_organisation_stand_as_they_were_written_whatever_the_page_speaks() -> None:
    keep_consent_text(purpose=TEST, language="de", now=NOW)
    last = ConsentText.objects.filter(purpose=TEST).latest("version").version
    own = ConsentText.objects.create(purpose=TEST, version=last + 1, body="Our own words.", created_at=NOW)

    found = {current_consent_text(TEST, language).pk for language in ("en", "de", "ar")}

    assert found == {own.pk}
    assert current_consent_text(ConsentPurpose.SIGN_UP, "de").language == "de"
