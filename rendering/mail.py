"""The body of a mail: plain text in, a text part and an HTML part out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from rendering.characters import clean_line, clean_text

DEFAULT_ACCENT = "#4f46e5"
# Where in the text the button stands; without it, below the text.
LINK_PLACE = "{{ link }}"

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n\s*")
# What mail programs turn into a link by themselves: a scheme, www, or a host name whatever stands behind it.
_SCHEME = re.compile(r"://")
_HOST = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2,24}(?!\w))|(?<=\bwww)\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """The two parts of a message; `text` says everything that `html` says."""

    text: str
    html: str


def render_mail(
    body: str,
    *,
    link: str | None,
    link_label: str,
    sender_name: str,
    footer: str,
    preheader: str = "",
    language: str = "en",
    direction: str = "ltr",
    accent: str = DEFAULT_ACCENT,
) -> RenderedMail:
    """Return the two parts of a mail.

    Arguments: `body` and `footer` are plain text; a blank line parts paragraphs, a line break stays one, nothing in
    them becomes markup or a link. `link` is the one address of the mail, shown as a button and in full where `body`
    says LINK_PLACE. `preheader` is the line an inbox shows beside the subject. `language` and `direction` are those
    of the reader. `accent` is a colour as `#rrggbb`; anything else means the default.
    Raises: `ValueError` when `link` is not an absolute http or https address.
    """
    address = _checked_address(link)
    before, _mark, after = body.partition(LINK_PLACE)
    colour = accent if _COLOUR.fullmatch(accent) else DEFAULT_ACCENT
    with translation.override(language):
        context: dict[str, Any] = {
            "paragraphs": _paragraphs(before),
            "paragraphs_after": _paragraphs(after.replace(LINK_PLACE, "")),
            "link": address,
            "link_label": clean_line(link_label) or _("Open the page"),
            "sender_name": clean_line(sender_name),
            "footer": _paragraphs(footer),
            "preheader": clean_line(preheader),
            "language": language,
            "direction": "rtl" if direction == "rtl" else "ltr",
            "accent": colour,
            "on_accent": _readable_on(colour),
        }
        html = render_to_string("rendering/mail.html", context)
    return RenderedMail(text=_text_part(context), html=html)


def plain_value(value: str) -> str:
    """Return a value that a stranger typed (a name, a job title) so that a mail program makes no link of it.

    Line breaks fold into spaces and an invisible U+2060 parts what looks like an address. Meant for values put
    into `body`; addresses of our own go into `link`.
    """
    return _HOST.sub(".\u2060", _SCHEME.sub(":\u2060//\u2060", clean_line(value)))


def _checked_address(link: str | None) -> str:
    if not link:
        return ""
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.netloc or clean_line(link) != link or " " in link:
        raise ValueError("link must be an absolute http or https address")
    return link


def _paragraphs(text: str) -> list[list[str]]:
    """Paragraphs as lists of lines."""
    cleaned = clean_text(text).strip()
    if not cleaned:
        return []
    return [[line.strip() for line in paragraph.split("\n")] for paragraph in _PARAGRAPH_END.split(cleaned)]


def _text_part(context: dict[str, Any]) -> str:
    blocks = ["\n".join(lines) for lines in context["paragraphs"]]
    if context["link"]:
        blocks.append(f"{context['link_label']}:\n{context['link']}")
    blocks += ["\n".join(lines) for lines in context["paragraphs_after"]]
    # "-- " on a line of its own is how mail programs know a signature.
    signature = "\n\n".join("\n".join(lines) for lines in context["footer"])
    blocks.append("\n".join(part for part in ("-- ", context["sender_name"], signature) if part))
    return "\n\n".join(blocks) + "\n"


def _readable_on(colour: str) -> str:
    """White or near-black, whichever is easier to read on the colour (WCAG 2.2, relative luminance)."""
    white, black = "#ffffff", "#0f172a"
    return max(white, black, key=lambda text: contrast(text, colour))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio" and "relative luminance"."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5))
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
