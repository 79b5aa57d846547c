from __future__ import annotations

from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from accounts.models import Actor
from shell.home import home_of
from shell.registries import Bell, Notice, notices


def organisation(request: HttpRequest) -> dict[str, object]:
    """The organisation for every page; read from the database only where a page uses it."""
    found = SimpleLazyObject(lambda: home_of(request))

    @cache
    def heads() -> list[Notice | Bell]:
        return notices(Actor.of_request(request), found, now=timezone.now())  # type: ignore[arg-type]

    return {
        "organisation": found,
        "notices": lambda: [head for head in heads() if isinstance(head, Notice)],
        "bell": lambda: next((head for head in heads() if isinstance(head, Bell)), None),
        "single_sign_on": settings.SINGLE_SIGN_ON,
    }
