"""What pages of people without an account share: headers, cookies, their language, pages that say one thing.

The pages of a test and the careers pages stand on these; neither knows the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views import View

from accounts.models import Organisation
from accounts.queries import organisation

ResponseT = TypeVar("ResponseT", bound=HttpResponseBase)

# Longer than any test, so that a browser that crashed goes on where it was; the link decides what still opens.
COOKIE_LIFE = timedelta(hours=24)
# Far more than a whole class with broken mail programs behind one address opens.
WRONG_LINKS_A_MINUTE = 120
# What somebody chose of whom nothing else is known.
LANGUAGE_COOKIE = "shortlist_language"


@dataclass(frozen=True)
class Note:
    """A page of a heading, a few sentences and perhaps a list."""

    title: str
    paragraphs: Sequence[str]
    steps_title: str = ""
    steps: Sequence[str] = field(default=())
    # Where the button of the page leads, and what it says.
    way_on: str = ""
    way_on_label: str = ""


@dataclass(frozen=True)
class OtherLanguage:
    """A language that the page could speak instead, by its own name."""

    code: str
    name: str
    direction: str


@method_decorator(login_not_required, name="dispatch")
class PublicView(View):
    """A page for somebody of whom nothing is known but their browser. `note_template` shows a `Note`."""

    came_by_mail = False
    note_template = ""
    # The most bytes that may be sent to a page that takes files. `shell.middleware` looks before anything is read, and
    # sets the other where it is more.
    body_limit: int | None = None
    is_too_large = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with (
            translation.override(language_of_browser(request)),
            timezone.override(self.home.time_zone or "UTC"),
        ):
            if self.is_too_large:
                return private(self.too_large())
            if "language" not in request.POST:
                return self.kept(super().dispatch(request, *args, **kwargs))
            response = private(self.come_anew(request, *args, **kwargs))
            if chosen := chosen_in_browser(request):
                response.set_cookie(LANGUAGE_COOKIE, chosen, **cookie_terms(request, "/"))
            return response

    def kept(self, response: HttpResponseBase) -> HttpResponseBase:
        """Say who may keep the answer: nobody, unless a page knows better."""
        return private(response)

    def too_large(self) -> HttpResponse:
        """Answer somebody who sent more than the page takes. Pages with a `body_limit` say it in words."""
        return HttpResponse(status=413)

    def come_anew(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer the wish for another language, which is the one at hand by now."""
        return redirect(request.path)

    @cached_property
    def now(self) -> datetime:
        return timezone.now()

    @cached_property
    def home(self) -> Organisation:
        return organisation()

    def show(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        common = {
            "organisation": self.home,
            "is_public": not self.came_by_mail,
            "languages": other_languages(),
        }
        return render(self.request, template, common | context, status=status)

    def say(self, text: Note, *, status: int = 200) -> HttpResponse:
        """Show a page that says one thing and how to reach a person."""
        return self.show(self.note_template, {"note": text}, status=status)


def cookie_terms(request: HttpRequest, path: str) -> dict[str, Any]:
    """Return how a cookie for the pages below `path` is set."""
    return {
        "path": path,
        "max_age": COOKIE_LIFE,
        "httponly": True,
        "samesite": "Lax",
        "secure": settings.HTTPS or request.is_secure(),
    }


def count_wrong_links(request: HttpRequest) -> int:
    """Count a wrong link of the request's network in this minute. Good links are never counted nor held up."""
    key = f"wrong-links:{get_adapter().get_client_ip(request)}"
    try:
        cache.add(key, 0, timeout=60)
        return int(cache.incr(key))
    except Exception:  # noqa: BLE001 -- a cache that is down must not take the candidates' pages with it
        return 0


def private(response: ResponseT, *, referrer: str = "same-origin") -> ResponseT:
    """Keep a candidate's page out of caches and search engines, and its address away from other sites.

    Pages with forms send "same-origin": under "no-referrer" browsers send no origin with a form, and the check
    against forged requests would refuse it. The only address with a secret in it, the mailed link, sends nothing.
    """
    response["Cache-Control"] = "no-store, private"
    response["Referrer-Policy"] = referrer
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    patch_vary_headers(response, ["Cookie"])
    return response


# --- Language --------------------------------------------------------------------------------------------------


def language_of(*wishes: str) -> str:
    """Return the first of `wishes` that candidates' pages speak, else the language of the settings."""
    spoken = dict(settings.CANDIDATE_LANGUAGES)
    return next((wish for wish in wishes if wish in spoken), settings.LANGUAGE_CODE)


def language_of_browser(request: HttpRequest) -> str:
    """Return the language for somebody of whom only the browser is known: what they chose in it, else what it asks."""
    accepted = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    asked = (part for code, _quality in accepted for part in (code, code.split("-")[0]))
    return language_of(chosen_in_browser(request), *asked)


def chosen_in_browser(request: HttpRequest) -> str:
    """Return the language that somebody chose on a public page, just now or before, or nothing.

    An address may say it as well ("?language=de"), for pages that set no cookie.
    """
    spoken = dict(settings.CANDIDATE_LANGUAGES)
    wishes = (
        request.POST.get("language", ""),
        request.GET.get("language", ""),
        request.COOKIES.get(LANGUAGE_COOKIE, ""),
    )
    return next((wish for wish in wishes if wish in spoken), "")


def other_languages() -> list[OtherLanguage]:
    """Return what the page could speak instead of what it speaks now."""
    spoken = translation.get_language()
    return [
        OtherLanguage(code, name, "rtl" if code in settings.LANGUAGES_BIDI else "ltr")
        for code, name in settings.CANDIDATE_LANGUAGES
        if code != spoken
    ]
