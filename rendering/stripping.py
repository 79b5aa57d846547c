"""What HTML says, as plain text."""

from __future__ import annotations

import html
import re

import nh3

from rendering.characters import clean_text

# Where one paragraph or line ends and the next begins.
_BREAK = re.compile(r"<(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
# Reading tags within tags takes time that grows with the square of their number; a letter of a person has fewer.
_MOST_TAGS = 5_000
_SPACES = re.compile(r"[ \t\xa0]+")
_EMPTY_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def strip_html(markup: str) -> str:
    """Return the text of `markup` without any tag, script, style or comment; paragraphs stay apart."""
    # Line ends of the source are spaces to a browser.
    flat = _BREAK.sub("\n", markup.replace("\r", "").replace("\n", " "))
    if flat.count("<") > _MOST_TAGS:
        # What is inside a script or a style becomes text then, which does no harm.
        flat = _TAG.sub("", flat).replace("<", "")
    text = html.unescape(nh3.clean(flat, tags=set()))
    lines = "\n".join(_SPACES.sub(" ", line).strip() for line in clean_text(text).split("\n"))
    return _EMPTY_LINES.sub("\n\n", lines).strip()
