"""What a name, an address or a phone number of a person may be; forms, API and imports share these."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from accounts.rules import has_unwanted_characters, normalise_email, tidy

NAME_LENGTH = 200
EMAIL_LENGTH = 254
PHONE_LENGTH = 50
TAG_LENGTH = 50
NOTE_LENGTH = 10_000
LINK_LENGTH = 500

# Letters of numbers as people write them; what is dialled is their matter.
PHONE = re.compile(r"[0-9+()/.\-# xX]+")
# Several addresses, a name beside an address, or a quoted local part: one field is one mail box.
NOT_ONE_ADDRESS = frozenset(' ,;<>()[]"\\:')
# An apostrophe is part of a name, as in o'neil@example.org, where it stands between two letters; elsewhere it quotes.
QUOTING = re.compile(r"(?<![^\W\d_])'|'(?![^\W\d_])")

# What stands before the first colon of an address, if it is no name of a server with its port.
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)")

_check_email = EmailValidator()
_check_url = URLValidator(schemes=["http", "https"])


def clean_name(name: str) -> str:
    """Return `name` tidied, as it is shown and mailed.

    Raises `ValidationError` when nothing is left, when it is too long, when it holds characters that cannot be shown
    or an address of a web page (names stand in mail, where such an address would become a link).
    """
    if len(name) > NAME_LENGTH * 2 or len(tidy(name)) > NAME_LENGTH:
        raise ValidationError(
            _("A name has at most %(count)d characters.") % {"count": NAME_LENGTH}, code="too_long"
        )
    if has_unwanted_characters(name.strip()):
        raise ValidationError(
            _("The name holds characters that cannot be shown. Please type it again by hand."),
            code="unreadable",
        )
    cleaned = tidy(name)
    if not cleaned:
        raise ValidationError(_("Give a name."), code="required")
    if "://" in cleaned:
        raise ValidationError(_("A name cannot hold a web address. Leave it out."), code="web_address")
    return cleaned


def clean_email(address: str) -> str:
    """Return the one mail box that `address` names, trimmed and otherwise as typed.

    Raises `ValidationError` for anything else: several addresses, a name beside it, quoted parts, too long, malformed.
    """
    trimmed = address.strip() if len(address) <= EMAIL_LENGTH * 2 else address
    if not trimmed:
        raise ValidationError(_("Give an email address."), code="required")
    if len(trimmed) > EMAIL_LENGTH:
        raise ValidationError(
            _("An email address has at most %(count)d characters.") % {"count": EMAIL_LENGTH}, code="too_long"
        )
    if has_unwanted_characters(trimmed):
        raise ValidationError(
            _("The email address holds characters that cannot be shown. Please type it again by hand."),
            code="unreadable",
        )
    if trimmed.count("@") != 1 or not NOT_ONE_ADDRESS.isdisjoint(trimmed) or QUOTING.search(trimmed):
        raise ValidationError(
            _("Give one email address and nothing else, for example name@example.org."), code="not_one"
        )
    try:
        _check_email(trimmed)
        normalised = normalise_address(trimmed)
    except (ValidationError, UnicodeError) as error:
        raise ValidationError(
            _("This is not an email address. It looks like name@example.org."), code="invalid"
        ) from error
    if len(normalised) > EMAIL_LENGTH:
        raise ValidationError(
            _("An email address has at most %(count)d characters.") % {"count": EMAIL_LENGTH}, code="too_long"
        )
    return trimmed


def normalise_address(address: str) -> str:
    """Return a clean `address` as people are found by it: case-folded, its domain as mail servers see it."""
    local, _at, domain = normalise_email(address).rpartition("@")
    return f"{local}@{punycode(domain)}"


def clean_phone(phone: str) -> str:
    """Return `phone` with single spaces. Raises `ValidationError` when it cannot be dialled or is too long."""
    if len(phone) > PHONE_LENGTH * 2 or len(tidy(phone)) > PHONE_LENGTH:
        raise ValidationError(
            _("A phone number has at most %(count)d characters.") % {"count": PHONE_LENGTH}, code="too_long"
        )
    cleaned = tidy(phone)
    if cleaned and not PHONE.fullmatch(cleaned):
        raise ValidationError(_("Give a phone number, for example +49 30 1234567."), code="invalid")
    return cleaned


def clean_link(url: str) -> str:
    """Return the address of a page of the web; one without "https://" gets it.

    Raises `ValidationError` for everything else that a browser would follow or run, with a name in it, or too long.
    """
    trimmed = url.strip()
    if len(trimmed) > LINK_LENGTH:
        raise ValidationError(
            _("The address of a page has at most %(count)d characters.") % {"count": LINK_LENGTH},
            code="too_long",
        )
    words = _("Give the address of a page, for example https://example.org/ada.")
    if not trimmed or has_unwanted_characters(trimmed):
        raise ValidationError(words, code="invalid")
    if not _SCHEME.match(trimmed):
        trimmed = f"https://{trimmed.removeprefix('//')}"
    try:
        parts = urlsplit(trimmed)
        # Who is named before the server is not where the address leads.
        if parts.username is not None or parts.password is not None:
            raise ValidationError(words, code="invalid")
        cleaned = parts._replace(scheme=parts.scheme.lower()).geturl()
        _check_url(cleaned)
    except (ValidationError, ValueError) as error:
        raise ValidationError(words, code="invalid") from error
    if len(cleaned) > LINK_LENGTH:
        raise ValidationError(words, code="too_long")
    return cleaned


def clean_tag(name: str) -> str:
    """Return the word of a tag. Raises `ValidationError` when it is empty, too long or cannot be shown."""
    if len(name) > TAG_LENGTH * 2 or len(tidy(name)) > TAG_LENGTH:
        raise ValidationError(
            _("A tag has at most %(count)d characters.") % {"count": TAG_LENGTH}, code="too_long"
        )
    cleaned = tidy(name)
    if not cleaned or has_unwanted_characters(name.strip()):
        raise ValidationError(_("A tag is a word or two."), code="invalid")
    return cleaned


def clean_note(body: str) -> str:
    """Return the text of a note, lines kept. Raises `ValidationError` when it is empty, too long or unreadable."""
    cleaned = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not cleaned:
        raise ValidationError(_("Write something first."), code="required")
    if len(cleaned) > NOTE_LENGTH:
        raise ValidationError(
            _("A note has at most %(count)d characters.") % {"count": NOTE_LENGTH}, code="too_long"
        )
    if has_unwanted_characters(cleaned.replace("\n", " ").replace("\t", " ")):
        raise ValidationError(
            _("The note holds characters that cannot be shown. Please type them again by hand."),
            code="unreadable",
        )
    return cleaned
