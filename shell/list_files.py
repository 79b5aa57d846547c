"""How a page hands a list over as a file; what stands in it is the matter of the app that has the list."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase

from rendering.downloads import TooManyRows


def file_or_words(
    request: HttpRequest, take: Callable[[], HttpResponseBase], *, back: str
) -> HttpResponseBase:
    """Return the file that `take` makes, or lead `back` to its list with the words why there is none."""
    try:
        return take()
    except TooManyRows as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(back)
