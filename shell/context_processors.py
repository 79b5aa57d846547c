from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import Actor
from shell.home import home_of
from shell.registries import Notice, notices


def organisation(request: HttpRequest) -> dict[str, object]:
    """The organisation for every page; read from the database only where a page uses it."""
    found = SimpleLazyObject(lambda: home_of(request))

    def find_notices() -> list[Notice]:
        return notices(Actor.of_request(request), found, now=timezone.now())  # type: ignore[arg-type]

    return {
        "organisation": found,
        "notices": find_notices,
        "single_sign_on": settings.SINGLE_SIGN_ON,
    }
