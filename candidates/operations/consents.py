"""What people agreed to, word for word."""

from __future__ import annotations

from datetime import datetime

from candidates.enums import ConsentPurpose
from candidates.models import Candidate, Consent, ConsentText

# The first words; an organisation writes its own as a further version.
FIRST_WORDS = {
    ConsentPurpose.TEST: (
        "I agree that my answers, the times at which I gave them and my result are stored, and that the people who "
        "decide about my application here read them. I can ask for a copy of everything that is stored about me, or "
        "for its erasure, at any time."
    ),
    ConsentPurpose.SIGN_UP: (
        "I agree that my name and my email address are stored, so that I can be invited to this test and written to "
        "about it. Without my confirmation by mail they are deleted after a week."
    ),
}


def ensure_consent_texts(*, now: datetime) -> None:
    """Make sure that there are words for everything that people are asked to agree to. Changes none that exist."""
    for purpose, words in FIRST_WORDS.items():
        if not ConsentText.objects.filter(purpose=purpose).exists():
            ConsentText.objects.get_or_create(
                purpose=purpose, version=1, defaults={"body": words, "created_at": now}
            )


def record_consent(
    *, candidate: Candidate, text: ConsentText, about: str = "", about_id: int | None = None, now: datetime
) -> Consent:
    """Keep that a person agreed to `text`, for the row `about_id` of model `about`. Twice is once: the first moment."""
    consent, _created = Consent.objects.get_or_create(
        candidate=candidate, text=text, about=about, about_id=about_id or 0, defaults={"given_at": now}
    )
    return consent
