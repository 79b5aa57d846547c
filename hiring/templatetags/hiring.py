"""Bits of hiring's pages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.rules import whole_percent
from hiring.enums import ApplicationStatus, TestOutcome
from hiring.queries import Step
from hiring.queries.reports import Unit
from rendering.moments import exact_time
from shell.templatetags.shell import state_pill

register = template.Library()


@register.filter
def days(count: int) -> str:
    """Say a number of days: "today", "1 day", "12 days"."""
    if count < 1:
        return _("today")
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


@register.filter
def about(words: str, name: object) -> str:
    """Put a name where `words` say "%(name)s": translated once for a list, and not for each of its lines."""
    return words % {"name": name}


@register.filter
def exact(value: datetime) -> str:
    """Say a moment in full, with its zone."""
    return exact_time(value)


@register.simple_tag
def outcome_pill(outcome: str) -> SafeString | str:
    """Show what a test meant for an application."""
    return state_pill(TestOutcome(outcome)) if outcome else ""


@register.simple_tag
def status_pill(status: str) -> SafeString | str:
    """Show where an application stands."""
    return state_pill(ApplicationStatus(status))


@register.filter
def share(value: float | None) -> str:
    """Show a share between 0 and 1 in whole percents."""
    return "–" if value is None else f"{whole_percent(Decimal(str(100 * value)))} %"


@register.filter
def figure(value: float | None, unit: Unit) -> str:
    """Show a number of a report as what it is."""
    if value is None:
        return "–"
    if unit == Unit.SHARE:
        return share(value)
    if unit == Unit.COUNT:
        return number_format(value, force_grouping=True)
    shown = number_format(value, decimal_pos=1)
    return f"{shown} %" if unit == Unit.PERCENT else shown


# Where each step of the first day is done, and what leads there while it is open.
_WAYS: dict[str, tuple[str, Any]] = {
    "identity": ("admin:accounts_organisation_changelist", lambda: _("Name and logo")),
    "address": ("admin:accounts_organisation_changelist", lambda: _("Site address")),
    "mail": ("outbox:mail-server", lambda: _("Mail server")),
    "colleagues": ("admin:accounts_user_add", lambda: _("Invite somebody")),
    "job": ("hiring:new-job", lambda: _("Open a job")),
    "test": ("admin:assessments_assessment_changelist", lambda: _("Look at the tests")),
}


@register.simple_tag
def step_way(step: Step) -> dict[str, str]:
    """Where a step of the first day is done: address and label."""
    name, label = _WAYS[step.code]
    return {"url": reverse(name), "label": label()}
