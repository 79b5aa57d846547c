"""Small facts about identities that need no database."""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata

CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 16

# Characters that nobody types in a name and that break storage, headers or reading order: controls, separators of lines
# and paragraphs, overrides of the reading direction, lone halves of surrogate pairs, what is no character at all. The
# plain direction marks and joiners, which some scripts need, stay.
UNWANTED = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)


def random_code() -> str:
    """Return a public id: 16 characters, 79 bits, no letters that read alike."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def is_code(text: str) -> bool:
    """Whether `text` could be a public id. Anything else is not worth a query."""
    return len(text) == CODE_LENGTH and set(text) <= set(CODE_ALPHABET)


def normalise_email(address: str) -> str:
    """Return `address` as it is compared: trimmed and case-folded (nobody runs mail boxes that differ by case)."""
    return unicodedata.normalize("NFC", address).strip().casefold()


def has_unwanted_characters(text: str) -> bool:
    """Whether `text` holds characters that no name or title may hold."""
    return UNWANTED.search(text) is not None


def tidy(text: str) -> str:
    """Return `text` composed (NFC), so that twins are equal, with single spaces and none around it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a random secret. Only for secrets of 128 bits or more, never for passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()
