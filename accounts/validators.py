"""What may stand in a name, and which zones and languages there are."""

from __future__ import annotations

import zoneinfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.rules import has_unwanted_characters, tidy


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
