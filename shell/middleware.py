"""What every request passes: the content policy of its side of the house, and its person's language and zone."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

STAFF_PREFIXES = ("/admin/", "/api/")


class ContentPolicyMiddleware(CSPMiddleware):
    """Strict for everyone; the staff's shell may do what Unfold's Alpine needs, and still nothing foreign."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path.startswith(STAFF_PREFIXES):
            response._csp_replace = settings.SHELL_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
        return super().process_response(request, response)


class RefuseNulMiddleware:
    """No address of ours holds a NUL. PostgreSQL breaks on one in the middle of a query, wherever it came from.

    The API checks every parameter itself and answers in its own form; a candidate's wrong link looks like any other
    wrong link, whatever is wrong with it.
    """

    checked_elsewhere = ("/api/v1/", "/t/")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_checked = request.path.startswith(self.checked_elsewhere)
        if not is_checked and ("\x00" in request.path or "%00" in request.META.get("QUERY_STRING", "")):
            raise BadRequest("an address with a NUL")
        return self.get_response(request)


class PersonLocaleMiddleware:
    """Dates in the zone and words in the language of the colleague who asks. Costs no query of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        if not request.path.startswith(STAFF_PREFIXES) or user is None or not user.is_authenticated:
            return self.get_response(request)
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = translation.get_language()
        if not user.time_zone:
            return self.get_response(request)
        with timezone.override(zoneinfo.ZoneInfo(user.time_zone)):
            return self.get_response(request)
