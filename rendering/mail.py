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
from rendering.colours import DEFAULT_ACCENT, is_colour, readable_on

# Where in the text the button stands; without it, below the text.
LINK_PLACE = "{{ link }}"

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
    logo: str = "",
) -> RenderedMail:
    """Return the two parts of a mail.

    Arguments: `body` and `footer` are plain text; a blank line parts paragraphs, a line break stays one, nothing in
    them becomes markup or a link. `link` is the one address of the mail, shown as a button and in full where `body`
    says LINK_PLACE. `preheader` is the line an inbox shows beside the subject. `language` and `direction` are those
    of the reader. `accent` is a colour as `#rrggbb`; anything else means the default. `logo` is the address of a
    picture that stands before the name and says nothing that the name does not.
    Raises: `ValueError` when `link` or `logo` is not an absolute http or https address.
    """
    address = _checked_address(link)
    before, _mark, after = body.partition(LINK_PLACE)
    colour = accent if is_colour(accent) else DEFAULT_ACCENT
    with translation.override(language):
        context: dict[str, Any] = {
            "paragraphs": _paragraphs(before),
            "paragraphs_after": _paragraphs(after.replace(LINK_PLACE, "")),
            "link": address,
            "link_label": clean_line(link_label) or _("Open the page"),
            "sender_name": clean_line(sender_name),
            "logo": _checked_address(logo),
            "footer": _paragraphs(footer),
            "preheader": clean_line(preheader),
            "language": language,
            "direction": "rtl" if direction == "rtl" else "ltr",
            "accent": colour,
            "on_accent": readable_on(colour),
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
        raise ValueError("an address in a mail must be an absolute http or https address")
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
