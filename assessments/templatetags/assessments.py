"""Bits of pages with results."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments import rules

register = template.Library()


@register.filter
def whole_percent(value: Decimal | float | str | None) -> int | None:
    """Round to whole percents, halves upwards, as a score is spoken of."""
    return None if value is None else rules.whole_percent(Decimal(str(value)))


@register.simple_tag
def score(row: Any) -> SafeString:
    """Show a score in percent with its standard error, "72 % ± 9"."""
    percent = whole_percent(row.percent)
    if row.error is None:
        return format_html("{} %", percent)
    error = whole_percent(row.error)
    title = (
        _("Standard error: with other questions of the same kind two in three results would lie within ± %d.")
        % error
    )
    return format_html('{} % <small title="{}">± {}</small>', percent, title, error)


@register.filter
def duration(seconds: float | None) -> str:
    """Say a length of time in whole minutes, "31 min"; below two minutes in seconds."""
    if seconds is None:
        return ""
    if seconds < 120:
        return _("%(count)d s") % {"count": int(seconds)}
    return _("%(count)d min") % {"count": int(seconds // 60)}
