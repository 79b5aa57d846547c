"""What may become a header of a mail."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

# Line ends of every kind end a header; the rest has no business in one.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_MORE_THAN_ONE = re.compile(r"[\s,;<>\"()]")


def check_line(value: str, *, field: str) -> None:
    """Raise `ValidationError` keyed by `field` when `value` could end a header and begin another."""
    if _CONTROL.search(value):
        raise ValidationError({field: _("Remove line breaks and control characters.")})


def check_address(value: str, *, field: str) -> None:
    """Raise `ValidationError` keyed by `field` when `value` is not exactly one plain address."""
    check_line(value, field=field)
    try:
        if _MORE_THAN_ONE.search(value):
            raise ValidationError("more than an address")
        validate_email(value)
    except ValidationError:
        raise ValidationError(
            {field: _("Enter one email address, for example ada@example.com.")}, code="invalid"
        ) from None
