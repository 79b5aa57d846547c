"""Which language a candidate's page speaks, and the way to another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from assessments.operations import set_language

if TYPE_CHECKING:
    from assessments.models import Invitation

# What somebody chose of whom nothing else is known; whoever has an invitation has their language there.
COOKIE = "shortlist_language"
# What a button of the question's form says when the page shall speak another language: "language-de".
MOVE = "language-"


@dataclass(frozen=True)
class OtherLanguage:
    """A language that the page could speak instead, by its own name."""

    code: str
    name: str
    direction: str


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
    """Return the language that somebody chose on a public page, just now or before, or nothing."""
    spoken = dict(settings.CANDIDATE_LANGUAGES)
    wishes = (request.POST.get("language", ""), request.COOKIES.get(COOKIE, ""))
    return next((wish for wish in wishes if wish in spoken), "")


def other_languages() -> list[OtherLanguage]:
    """Return what the page could speak instead of what it speaks now."""
    spoken = translation.get_language()
    return [
        OtherLanguage(code, name, "rtl" if code in settings.LANGUAGES_BIDI else "ltr")
        for code, name in settings.CANDIDATE_LANGUAGES
        if code != spoken
    ]


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
