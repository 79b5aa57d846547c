"""The way to another language: whoever has an invitation has theirs there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from assessments.operations import set_language

if TYPE_CHECKING:
    from assessments.models import Invitation

# What a button of the question's form says when the page shall speak another language: "language-de".
MOVE = "language-"


def speak(invitation: Invitation, language: str) -> None:
    """Let the pages of `invitation` speak `language`; what no page offers changes nothing."""
    try:
        set_language(invitation=invitation, language=language)
    except ValidationError:
        return


def back_to(request: HttpRequest, home: str) -> HttpResponse:
    """Lead back to the page of this test that asked, else to its start at `home`."""
    asked = request.POST.get("from", "")
    return redirect(asked if asked.startswith(home) else home)
