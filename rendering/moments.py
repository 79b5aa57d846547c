"""Moments in words: near ones relative to now, every one exact with its zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR


def relative_time(value: datetime | date, now: datetime) -> str:
    """Return how far `value` lies from `now`: "3 days ago", "in 5 minutes", "tomorrow" for a date.

    Whole units are counted and the rest is dropped, so "2 days" means at least two. A moment without a zone is read
    in the current time zone. Months are 30.4 days and years 365.25.
    """
    if not isinstance(value, datetime):
        return _relative_date((value - timezone.localtime(now).date()).days)
    seconds = (_aware(value) - now).total_seconds()
    distance = abs(seconds)
    if distance < _MINUTE:
        return _("just now") if seconds <= 0 else _("in less than a minute")
    if distance < _HOUR:
        return _minutes(int(distance // _MINUTE), past=seconds < 0)
    if distance < _DAY:
        return _hours(int(distance // _HOUR), past=seconds < 0)
    return _days(int(distance // _DAY), past=seconds < 0)


def exact_time(value: datetime | date) -> str:
    """Return the moment in full with its zone ("12 March 2026, 14:05 CET") in the current zone and language."""
    if not isinstance(value, datetime):
        # Translators: a date in Django's format signs, "12 March 2026".
        return date_format(value, pgettext("date format", "j F Y"))
    local = timezone.localtime(_aware(value))
    return f"{_to_the_minute(local.replace(second=0, microsecond=0, tzinfo=None), get_language())} {local.tzname()}"


# A list has a hundred of them, the same from one page to the next.
@lru_cache(maxsize=5_000)
def _to_the_minute(local: datetime, _language: str) -> str:
    # Translators: a moment in Django's format signs, "12 March 2026, 14:05"; the zone is added.
    return date_format(local, pgettext("date format", "j F Y, H:i"))


def time_of_day(value: datetime) -> str:
    """Return the time of day to the second with its zone ("14:05:09 CET"), in the current zone."""
    local = timezone.localtime(_aware(value))
    return f"{local:%H:%M:%S} {local.tzname()}"


def iso_time(value: datetime | date) -> str:
    """Return the moment for machines: a date as it is, a moment in UTC to the second."""
    if not isinstance(value, datetime):
        return value.isoformat()
    return _aware(value).astimezone(UTC).isoformat(timespec="seconds")


def _aware(value: datetime) -> datetime:
    return timezone.make_aware(value) if timezone.is_naive(value) else value


def _relative_date(days: int) -> str:
    near = {-1: _("yesterday"), 0: _("today"), 1: _("tomorrow")}
    return near.get(days) or _days(abs(days), past=days < 0)


def _minutes(count: int, *, past: bool) -> str:
    if past:
        return ngettext("%(count)d minute ago", "%(count)d minutes ago", count) % {"count": count}
    return ngettext("in %(count)d minute", "in %(count)d minutes", count) % {"count": count}


def _hours(count: int, *, past: bool) -> str:
    if past:
        return ngettext("%(count)d hour ago", "%(count)d hours ago", count) % {"count": count}
    return ngettext("in %(count)d hour", "in %(count)d hours", count) % {"count": count}


def _days(count: int, *, past: bool) -> str:
    # Recruiters count in days up to three months; only then do months say more.
    if count < 92:
        if past:
            return ngettext("%(count)d day ago", "%(count)d days ago", count) % {"count": count}
        return ngettext("in %(count)d day", "in %(count)d days", count) % {"count": count}
    months = int(count / 30.4375)
    if months < 24:
        if past:
            return ngettext("%(count)d month ago", "%(count)d months ago", months) % {"count": months}
        return ngettext("in %(count)d month", "in %(count)d months", months) % {"count": months}
    years = int(count / 365.25)
    if past:
        return ngettext("%(count)d year ago", "%(count)d years ago", years) % {"count": years}
    return ngettext("in %(count)d year", "in %(count)d years", years) % {"count": years}
