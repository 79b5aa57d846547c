"""The organisation, read once a request, whoever asks for it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from accounts import queries
from accounts.models import Organisation


def home_of(request: HttpRequest) -> Organisation:
    """Return the organisation as this request found it. One query the first time."""
    kept: Any = request
    if not hasattr(kept, "_shell_home"):
        kept._shell_home = queries.organisation()
    home: Organisation = kept._shell_home
    return home
