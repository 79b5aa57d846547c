"""Forms that come from somebody who is not signed in any more: what was sent is held on a page, to be sent again."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.template.loader import render_to_string
from django.views.csrf import csrf_failure

TOKEN = "csrfmiddlewaretoken"  # noqa: S105 -- the name of a field


def held(request: HttpRequest) -> HttpResponse | None:
    """Return a page that holds what a form of ours sent, with a fresh token and the way to sign in; None for none.

    Nothing is stored for it. Passwords are not put into a page, files cannot be; scripts look after their forms
    themselves.
    """
    if request.method != "POST" or not request.path.startswith("/admin/"):
        return None
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate" or request.headers.get("HX-Request"):
        return None
    try:
        posted, has_files = request.POST, bool(request.FILES)
    except (OSError, SuspiciousOperation, UnreadablePostError):
        return None
    if TOKEN not in posted or any("password" in name for name in posted):
        return None
    context = {
        "path": request.get_full_path(),
        "sent": [(name, value) for name, values in posted.lists() for value in values if name != TOKEN],
        "has_files": has_files,
        "is_signed_in": request.user.is_authenticated,
        "sign_in": settings.LOGIN_URL,
    }
    response = HttpResponse(render_to_string("403_held.html", context, request), status=403)
    response["Cache-Control"] = "no-store, private"
    return response


def token_is_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the token of this browser: one that stood open while somebody signed in again is held.

    A form of another site is refused and never shown: it would be sent on by whoever trusts this page.
    """
    is_own = request.headers.get("Origin") in (
        f"{request.scheme}://{request.get_host()}",
        *settings.CSRF_TRUSTED_ORIGINS,
    )
    return (held(request) if is_own else None) or csrf_failure(request, reason)
