"""First words of what people are asked to agree to, and what spellings of one name, number or address share."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from candidates.enums import ConsentPurpose
from shell.words import words_of

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
    ConsentPurpose.APPLY: _(
        "I agree that my details, my answers and my documents are stored, and that the people who decide about my "
        "application here read them. I can withdraw my application, and ask for a copy of everything that is stored "
        "about me or for its erasure, at any time."
    ),
}


def first_words(purpose: str, language: str) -> str:
    """Return the first words for `purpose` in `language`, in English where nobody translated them."""
    with translation.override(language):
        return str(FIRST_WORDS[ConsentPurpose(purpose)])


# For as long a merge can be taken back. Later nobody could say any more what belongs to whom.
UNMERGE_WITHIN: Final = timedelta(days=7)

# Numbers of one line are written with and without codes of countries and places: these last digits tell them apart.
PHONE_KEY_DIGITS: Final = 9
NAME_KEY_LENGTH: Final = 200


def phone_key(phone: str) -> str:
    """Return what two spellings of one phone number have in common; empty for one too short to tell."""
    digits = "".join(str(unicodedata.digit(letter)) for letter in phone if letter.isdecimal())
    return digits[-PHONE_KEY_DIGITS:] if len(digits) >= PHONE_KEY_DIGITS - 2 else ""


def name_key(name: str) -> str:
    """Return what two spellings of one name have in common: case, accents and the order of its words do not count."""
    return " ".join(sorted(words_of(name)))[:NAME_KEY_LENGTH]


def link_key(url: str) -> str:
    """Return what two addresses of one profile have in common: its host without "www." and its path."""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}{parts.path.rstrip('/')}".casefold()[:300]


def mail_box(normalised: str) -> tuple[str, str]:
    """Return the part before the "@" that its owner did not make up ("ada+jobs" is "ada"), and the domain."""
    local, _at, domain = normalised.rpartition("@")
    return local.partition("+")[0] or local, domain
