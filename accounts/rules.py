"""Small facts about identities that need no database."""

from __future__ import annotations

import hashlib
import secrets

CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
CODE_LENGTH = 16


def random_code() -> str:
    """Return a public id: 16 characters, 79 bits, no letters that read alike."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def normalise_email(address: str) -> str:
    """Return `address` as it is compared: trimmed and case-folded (nobody runs mail boxes that differ by case)."""
    return address.strip().casefold()


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a random secret. Only for secrets of 128 bits or more, never for passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()
