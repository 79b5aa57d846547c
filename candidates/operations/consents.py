"""What people agreed to, word for word."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from candidates.enums import ConsentPurpose
from candidates.models import Candidate, Consent, ConsentText
from candidates.queries import current_consent_text

# Two first starts in a language may come at one moment; the second one finds what the first one wrote.
TRIES = 5


def ensure_consent_texts(*, now: datetime) -> None:
    """Make sure that there are words for everything that people are asked to agree to. Changes none that exist."""
    for purpose in ConsentPurpose:
        keep_consent_text(purpose=purpose, language=settings.LANGUAGE_CODE, now=now)


def keep_consent_text(*, purpose: ConsentPurpose, language: str, now: datetime) -> ConsentText:
    """Return the row of the words that whoever reads `language` is asked to agree to; the first time, write it.

    What was agreed to stays what it was when a translation is mended: other words are another row. One query once
    the row is there.
    """
    for _try in range(TRIES):
        text = current_consent_text(purpose, language)
        if text.pk is not None:
            return text
        last = ConsentText.objects.filter(purpose=purpose).aggregate(last=Max("version"))["last"]
        try:
            with transaction.atomic():
                text.version, text.created_at = (last or 0) + 1, now
                text.save(force_insert=True)
        except IntegrityError:
            continue
        return text
    raise RuntimeError("a consent text could neither be written nor found")


def record_consent(
    *, candidate: Candidate, text: ConsentText, about: str = "", about_id: int | None = None, now: datetime
) -> None:
    """Keep that a person agreed to `text`, for the row `about_id` of model `about`. Twice is once: the first moment."""
    consent = Consent(candidate=candidate, text=text, about=about, about_id=about_id or 0, given_at=now)
    Consent.objects.bulk_create([consent], ignore_conflicts=True)
