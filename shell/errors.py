"""What is answered when a request ends in an error that no page has caught."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from rest_framework.settings import api_settings

from shell import logs
from shell.unavailable import RETRY_AFTER, is_unavailable


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler of what cannot be read, such as a wrong name of a host: the API answers in JSON."""
    if request.path.startswith("/api/v1/"):
        return JsonResponse({api_settings.NON_FIELD_ERRORS_KEY: [_("This cannot be read.")]}, status=400)
    if isinstance(exception, TooManyFilesSent):
        return too_many_files(request)
    # With the request, unlike Django's: the look of the page is the organisation's.
    return HttpResponse(render_to_string("400.html", {}, request), status=400)


def too_many_files(request: HttpRequest) -> HttpResponse:
    """Say how many files the page takes at once. Nothing of the request was read, so that no page can say it itself."""
    page = getattr(request.resolver_match and request.resolver_match.func, "view_class", None)
    most = getattr(page, "most_files", settings.DATA_UPLOAD_MAX_NUMBER_FILES)
    return HttpResponse(render_to_string("400_files.html", {"most": most}, request), status=400)


def failed(request: HttpRequest) -> HttpResponse:
    """Django's handler of errors: 503 where trying again later may help, 500 otherwise. Asks no database."""
    # Django calls this while it handles the error.
    if not is_unavailable(sys.exc_info()[1]):
        return broken()
    return unavailable(request)


def broken() -> HttpResponse:
    """Answer a request that broke, with the number by which the log knows it."""
    page = render_to_string("500.html", {"request_id": logs.request_id.get()})
    return HttpResponse(page, status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """Say that it cannot be done now, and keep what was sent so that it can be sent again."""
    response: HttpResponse
    is_program = request.content_type == "application/json" or not request.accepts("text/html")
    if is_program or request.path.startswith("/api/v1/"):
        response = JsonResponse({"detail": try_again()}, status=503)
    else:
        fields = sent_fields(request)
        context = {
            "path": request.get_full_path(),
            "sent": fields,
            "was_sent": request.method == "POST",
            "request_id": logs.request_id.get(),
        }
        # Without the request: what templates get for it is read from the database.
        response = HttpResponse(render_to_string("503.html", context), status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store, private"
    return response


def try_again() -> str:
    return _("The database is busy, away or out of space. Try again in a few seconds.")


def sent_fields(request: HttpRequest) -> list[tuple[str, Any]]:
    """Return what a form sent, to be sent again; nothing when a page cannot hold it: files and passwords."""
    if request.method != "POST":
        return []
    try:
        posted, has_files = request.POST, bool(request.FILES)
    except (OSError, SuspiciousOperation, UnreadablePostError):
        return []
    if has_files or any("password" in name for name in posted):
        return []
    return [(name, value) for name, values in posted.lists() for value in values]
