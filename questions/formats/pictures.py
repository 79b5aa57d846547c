"""Pictures that lie in a file of questions: judged by their content, called by it, and never fetched."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final

# How a text names a picture that lies in the file which it came from.
ADDRESS: Final = "picture:"
LARGEST: Final = 2 * 1024 * 1024

_BEGINNINGS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"RIFF", "webp"))
_WEBP = b"WEBP"


def picture_of(content: bytes) -> str:
    """Return what to call a picture, always the same for the same one; "" for what is none or is too large.

    SVG is none: it can hold scripts and name what lies elsewhere.
    """
    suffix = next((suffix for begin, suffix in _BEGINNINGS if content.startswith(begin)), "")
    if not suffix or len(content) > LARGEST or (suffix == "webp" and content[8:12] != _WEBP):
        return ""
    return f"{hashlib.sha256(content).hexdigest()[:32]}.{suffix}"


def from_base64(text: str) -> bytes:
    """Return what `text` stands for; nothing for what is no base64, or is far too large for a picture."""
    plain = "".join(text.split())
    if len(plain) > 2 * LARGEST:
        return b""
    try:
        return base64.b64decode(plain, validate=True)
    except (binascii.Error, ValueError):
        return b""
