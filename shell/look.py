"""What makes candidates' pages and mail look like the organisation's: its colour and its logo, open to everybody."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View

from accounts.models import Logo, Organisation
from rendering.colours import DEFAULT_ACCENT, is_colour, look_css

# What is at such an address never changes: another content has another address.
FOR_EVER = "public, max-age=31536000, immutable"


def look_url(home: Organisation) -> str:
    """Return the address of the rules for the organisation's colour; "" where the pages' own colour is right."""
    accent = home.accent.lower()
    if accent == DEFAULT_ACCENT or not is_colour(accent):
        return ""
    return reverse("look", args=[accent[1:], _digest(look_css(accent))])


def logo_url(home: Organisation) -> str:
    """Return the address of the organisation's logo; "" without one."""
    return reverse("logo", args=[home.logo_digest]) if home.logo_digest else ""


@method_decorator(login_not_required, name="dispatch")
class LookView(View):
    """The rules for a colour, as a file because pages of candidates take no rules from anywhere else. No query."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, colour: str, digest: str) -> HttpResponse:
        accent = f"#{colour.lower()}"
        if not is_colour(accent):
            return HttpResponseNotFound()
        css = look_css(accent)
        response = HttpResponse(css, content_type="text/css; charset=utf-8")
        # A page from before an upgrade may ask for the rules of then.
        response["Cache-Control"] = FOR_EVER if digest == _digest(css) else "no-store"
        return response


@method_decorator(login_not_required, name="dispatch")
class LogoView(View):
    """The logo by its digest; mail from before it was replaced is led to the one of today. One query, two then."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, digest: str) -> HttpResponse:
        logo = Logo.objects.filter(digest=digest).first()
        if logo is None:
            today = Logo.objects.values_list("digest", flat=True).first()
            if today is None:
                return HttpResponseNotFound()
            response: HttpResponse = redirect("logo", digest=today)
            response["Cache-Control"] = "no-store"
            return response
        response = HttpResponse(bytes(logo.content), content_type=logo.media_type, status=HTTPStatus.OK)
        response["Cache-Control"] = FOR_EVER
        response["X-Content-Type-Options"] = "nosniff"
        return response


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
