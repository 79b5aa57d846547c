from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts import queries


def organisation(request: HttpRequest) -> dict[str, object]:
    """The organisation for every page; read from the database only where a page uses it."""
    return {
        "organisation": SimpleLazyObject(queries.organisation),
        "mail_is_local": settings.MAIL_IS_LOCAL,
    }
