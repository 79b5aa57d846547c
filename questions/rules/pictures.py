"""Pictures in questions."""

from __future__ import annotations

import secrets


def picture_code() -> str:
    """Return a name for a picture that nobody guesses: 128 bits, for whoever has it may fetch the picture."""
    return secrets.token_urlsafe(16)
