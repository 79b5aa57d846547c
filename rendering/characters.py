"""Which characters text may hold before it is shown, mailed or written into a file."""

from __future__ import annotations

import re

# NUL is refused by PostgreSQL, lone surrogates by UTF-8, the others by XML. Bidirectional overrides, embeddings
# and isolates can make code read differently from what it is; the plain marks U+200E, U+200F and U+061C, which
# right-to-left text needs, stay.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u202a-\u202e\u2066-\u2069"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_LINE_END = re.compile(r"\r\n?")


def clean_text(text: str) -> str:
    """Return `text` without characters that break storage or mislead the eye, and with line ends as `\\n`.

    Tabs, line breaks, every letter and every emoji stay. Applying it twice changes nothing more.
    """
    # What can be printed holds none of these: most texts of a large file are looked at no further.
    if text.isprintable():
        return text
    kept = _UNSAFE.sub("", text)
    return _LINE_END.sub("\n", kept) if "\r" in kept else kept


def clean_line(text: str) -> str:
    """Return `text` cleaned as by `clean_text` and folded into one line with single spaces."""
    return " ".join(clean_text(text).split())
