"""Bits of pages with results."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from assessments import queries, rules

register = template.Library()


@register.filter
def whole_percent(value: Decimal | float | str | None) -> int | None:
    """Round to whole percents, halves upwards, as a score is spoken of."""
    return None if value is None else rules.whole_percent(Decimal(str(value)))


@register.filter
def signed(value: Decimal | None) -> str:
    """Say by how much something rose or fell, "+4.0" or "−4.0", with the sign that is as wide as the other."""
    if value is None:
        return ""
    return ("+" if value > 0 else "−" if value < 0 else "") + floatformat(abs(value), 1)


register.simple_tag(queries.score_shown, name="score")


@register.filter
def duration(seconds: float | None) -> str:
    """Say a length of time in whole minutes, "31 min"; below two minutes in seconds."""
    if seconds is None:
        return ""
    if seconds < 120:
        return _("%(count)d s") % {"count": int(seconds)}
    return _("%(count)d min") % {"count": int(seconds // 60)}
