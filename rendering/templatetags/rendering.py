"""Template tags: `markdown` and `markdown_inline` for texts, `time_of_day` and `{% moment value %}` for moments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from rendering.feeds import linked_data
from rendering.markdown import render_inline, render_markdown
from rendering.moments import exact_time, iso_time, relative_time, time_of_day

register = template.Library()


@register.filter
def markdown(text: str | None) -> SafeString:
    """Show `text` as Markdown without images."""
    return render_markdown(text or "")


@register.filter
def markdown_inline(text: str | None) -> SafeString:
    """Show `text` as one run of words with emphasis and code."""
    return render_inline(text or "")


register.filter(time_of_day)
register.simple_tag(linked_data)


@register.simple_tag(takes_context=True)
def moment(context: dict[str, Any], value: datetime | date | None, empty: str = "") -> str:
    """Show how long ago `value` was, with the exact moment and zone for the mouse and for screen readers.

    A view that has read the clock puts it into the context as `now`; otherwise the clock is read here. Nothing
    shows as `empty`.
    """
    if not value:
        return empty
    now = context.get("now")
    if not isinstance(now, datetime):
        now = timezone.now()
    exact = exact_time(value)
    return format_html(
        '<time datetime="{}" title="{}">{}<span class="moment-exact"> ({})</span></time>',
        iso_time(value),
        exact,
        relative_time(value, now),
        exact,
    )
