from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts import queries
from accounts.models import Actor
from shell.registries import Notice, notices


def organisation(request: HttpRequest) -> dict[str, object]:
    """The organisation for every page; read from the database only where a page uses it."""
    found = SimpleLazyObject(queries.organisation)

    def find_notices() -> list[Notice]:
        return notices(Actor.of_request(request), found, now=timezone.now())  # type: ignore[arg-type]

    return {
        "organisation": found,
        "notices": find_notices,
        "mail_is_local": settings.MAIL_IS_LOCAL,
        "single_sign_on": settings.SINGLE_SIGN_ON,
    }
