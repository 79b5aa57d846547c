"""What people are asked to agree to as long as their organisation wrote nothing of its own."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from candidates.enums import ConsentPurpose

FIRST_WORDS = {
    ConsentPurpose.TEST: _(
        "I agree that my answers, the times at which I gave them and my result are stored, and that the people who "
        "decide about my application here read them. I can ask for a copy of everything that is stored about me, or "
        "for its erasure, at any time."
    ),
    ConsentPurpose.SIGN_UP: _(
        "I agree that my name and my email address are stored, so that I can be invited to this test and written to "
        "about it. Without my confirmation by mail they are deleted after a week."
    ),
}


def first_words(purpose: str, language: str) -> str:
    """Return the first words for `purpose` in `language`, in English where nobody translated them."""
    with translation.override(language):
        return str(FIRST_WORDS[ConsentPurpose(purpose)])
