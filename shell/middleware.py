"""What every request passes: its line in the log, the content policy of its side, its person's language."""

from __future__ import annotations

import ipaddress
import logging
import secrets
import zoneinfo
from collections.abc import Callable, Sequence
from functools import cache
from time import perf_counter
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware import locale
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django_htmx import middleware as htmx

from shell import logs
from shell.holding import held

STAFF_PREFIXES = ("/admin/", "/api/")
# The pages of a test: opened by a link alone, whoever is signed in besides.
TEST_PREFIXES = ("/t/", "/test/")
# Asked every few seconds by machines; their lines would bury all others.
PROBES = {"healthz", "readyz", "metrics"}
METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}

access = logging.getLogger("shortlist.access")


class RequestLogMiddleware:
    """Gives each request an id and writes one line when it is answered: what was asked for by name, never its address.

    Addresses of candidates' pages are keys, and a query may hold what somebody searched for. Files of the pages have
    no line.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        own = given if logs.REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        mark = logs.request_id.set(own)
        logs.note_actor("", None)
        begun = perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = own
            if not request.path_info.startswith(settings.STATIC_URL):
                self.write(request, response.status_code, perf_counter() - begun)
            return response
        finally:
            logs.request_id.reset(mark)

    def write(self, request: HttpRequest, status: int, seconds: float) -> None:
        kind, pk = actor_of(request)
        match = request.resolver_match
        facts: dict[str, Any] = {
            "method": request.method if request.method in METHODS else "OTHER",
            "view": (match.view_name if match else "") or "-",
            "status": status,
            "milliseconds": round(seconds * 1000),
            "actor": kind,
            "actor_id": pk,
        }
        words = "%(method)s %(view)s %(status)d %(milliseconds)d ms %(who)s"
        who = kind if pk is None else f"{kind}:{pk}"
        if settings.LOG_ADDRESSES:
            facts["address"] = client_address(request)
            words += " %(address)s"
        level = logging.DEBUG if facts["view"] in PROBES else logging.INFO
        access.log(level, words, {**facts, "who": who}, extra={"facts": facts})


def actor_of(request: HttpRequest) -> tuple[str, int | None]:
    """Return the kind and number of whoever made the request, as far as it was asked for: this costs no query."""
    key = getattr(request, "auth", None)
    if key is not None:
        return "api_key", key.pk
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = request.__dict__.get("_cached_user")
    if user is not None and user.is_authenticated:
        return "user", user.pk
    kind, pk = logs.noted_actor()
    return (kind, pk) if kind else ("nobody", None)


def client_address(request: HttpRequest) -> str:
    """Return the address that the outermost proxy of ours saw; "-" where there is none that can be believed."""
    hops = settings.TRUSTED_PROXIES
    passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    said = passed[-hops] if 0 < hops <= len(passed) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(said))
    except ValueError:
        return "-"


class ContentPolicyMiddleware(CSPMiddleware):
    """Strict for everyone; the staff's shell may do what Unfold's Alpine needs, and still nothing foreign."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path.startswith(STAFF_PREFIXES):
            response._csp_replace = settings.SHELL_CONTENT_SECURITY_POLICY  # type: ignore[attr-defined]
            return super().process_response(request, response)
        # No page of candidates changes it, so it is written once a process.
        response.setdefault(HEADER, strict_policy())
        return response


@cache
def strict_policy() -> str:
    """Return the policy for everyone but staff."""
    return build_policy()


class NotForTests:
    """Lets requests for the pages of a test pass by: nobody signs in there, and no such page has a session.

    They are most of all requests, and what works for colleagues would look at each of them to find nothing to do. A
    page that asks who is signed in, and lies there by mistake, fails instead of opening.
    """

    get_response: Any

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(TEST_PREFIXES):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]


class SessionMiddleware(NotForTests, sessions.SessionMiddleware):
    """Django's, but for tests."""


class AuthenticationMiddleware(NotForTests, auth.AuthenticationMiddleware):
    """Django's, but for tests."""


class MessageMiddleware(NotForTests, messages.MessageMiddleware):
    """Django's, but for tests."""


class HtmxMiddleware(NotForTests, htmx.HtmxMiddleware):
    """The library's, but for tests."""


class LocaleMiddleware(locale.LocaleMiddleware):
    """Django's, but for tests: their pages speak the language of their person, which no header of the browser tells."""

    def process_request(self, request: HttpRequest) -> None:
        if not request.path_info.startswith(TEST_PREFIXES):
            super().process_request(request)
            return
        # What comes before a page and instead of one speaks this, whatever the thread spoke last.
        translation.activate(settings.LANGUAGE_CODE)
        request.LANGUAGE_CODE = settings.LANGUAGE_CODE

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(TEST_PREFIXES):
            return response
        return super().process_response(request, response)


class LoginRequiredMiddleware(auth.LoginRequiredMiddleware):
    """Django's, which asks who is signed in before it looks whether the page wants to know."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        # Whoever sends a form after their session ended loses nothing of it.
        return held(request) or super().handle_no_permission(request, view_func)


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


class BodyLimitMiddleware:
    """Refuses what is sent to a page that takes files when it is more than the page takes, or does not say how much.

    Django's own limit leaves files out, and the check against forged requests reads them all: so this looks before it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        page = getattr(view, "view_class", None)
        limit = getattr(page, "body_limit", None)
        if page is None or limit is None or request.method != "POST":
            return None
        said = request.META.get("CONTENT_LENGTH") or ""
        if said.isdecimal() and int(said) <= limit:
            return None
        # Who asks for a field from here on finds none, instead of reading what was sent.
        request.POST = QueryDict()
        return page.as_view(is_too_large=True)(request, *args, **kwargs)


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
