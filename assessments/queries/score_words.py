"""A score as it is shown wherever one stands."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from assessments import rules


def score_shown(row: Any) -> SafeString:
    """Return a score in percent with its standard error, "72 % ± 9", of whatever has `percent` and `error`."""
    percent = rules.whole_percent(Decimal(str(row.percent)))
    if row.error is None:
        return format_html("{} %", percent)
    error = rules.whole_percent(Decimal(str(row.error)))
    title = (
        _("Standard error: with other questions of the same kind two in three results would lie within ± %d.")
        % error
    )
    return format_html('{} % <small title="{}">± {}</small>', percent, title, error)
