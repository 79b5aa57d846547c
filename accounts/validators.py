"""What may stand in a name or be the address of a site, and which zones and languages there are."""

from __future__ import annotations

import zoneinfo
from email.utils import getaddresses
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.rules import has_unwanted_characters, is_host, tidy


def unreadable() -> str:
    return _("This holds characters that cannot be shown. Please type it again by hand.")


def clean_name(name: str, *, field: str = "full_name") -> str:
    if has_unwanted_characters(name.strip()):
        raise ValidationError({field: unreadable()})
    cleaned = tidy(name)
    if not cleaned:
        raise ValidationError({field: _("Give a name.")})
    return cleaned


def clean_time_zone(name: str) -> str:
    if name and name not in zoneinfo.available_timezones():
        raise ValidationError({"time_zone": _("Choose a time zone from the list.")})
    return name


def clean_language(code: str) -> str:
    if code and code not in dict(settings.LANGUAGES):
        raise ValidationError({"language": _("Choose a language from the list.")})
    return code


def clean_site_address(text: str) -> str:
    """Return `text` as the address of a site: scheme, name and port, https where no scheme is given; "" stays "".

    Names without a dot are fine: they are usual inside a house. Raises `ValidationError` keyed "site_address".
    """
    text = text.strip()
    if not text:
        return ""
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text.lower())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _no_address() from None
    is_plain = (
        parts.scheme in ("http", "https") and parts.path in ("", "/") and not (parts.query or parts.fragment)
    )
    if not is_plain or "@" in parts.netloc or not is_host(host) or port == 0:
        raise _no_address()
    return f"{parts.scheme}://{parts.netloc}"


def clean_sender(text: str) -> str:
    """Return `text` as what mail comes from: a name, an address, or both. Raises `ValidationError` keyed "sender"."""
    if has_unwanted_characters(text):
        raise ValidationError({"sender": unreadable()})
    text = tidy(text)
    if "@" in text:
        try:
            ((_name, address),) = getaddresses([text])
            validate_email(address)
        except (ValueError, ValidationError):
            raise ValidationError(
                {
                    "sender": _(
                        "Write a name, or a name and an address like: Larkfield Hiring <jobs@example.com>"
                    )
                }
            ) from None
    return text


def _no_address() -> ValidationError:
    return ValidationError(
        {"site_address": _("Write the scheme and the name alone, for example https://hiring.example.com")}
    )
