"""From the mailed link to the pages of its test: who may open what, and the headers of all of it."""

from __future__ import annotations

import re
import secrets
import zoneinfo
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.views import View

from accounts.models import Organisation
from accounts.queries import organisation_lately
from assessments.enums import InvitationState
from assessments.models import Invitation
from assessments.queries import Sitting, sitting_of
from assessments.rules import Origin
from assessments.taking import words
from assessments.taking.addresses import Addresses, address
from candidates.models import Candidate
from outbox.enums import LinkPurpose
from outbox.queries import find_link
from shell.candidate_pages import (
    COOKIE_LIFE,
    WRONG_LINKS_A_MINUTE,
    Note,
    cookie_terms,
    count_wrong_links,
    language_of,
    language_of_browser,
    other_languages,
    private,
)
from shell.logs import note_actor

COOKIE = "shortlist_test"
# A random number of the browser's own, for this test alone: tells a second device from the first.
DEVICE_COOKIE = "shortlist_device"
DEVICE_ID = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
SALT = "assessments.taking"
# What language the organisation speaks is nothing that scripts must know to the second.
LONG_ENOUGH = 60.0


@method_decorator(login_not_required, name="dispatch")
class EnterView(View):
    """Where a mailed link leads: hands the token over to a cookie and shows an address without it.

    Writes nothing, whoever calls it and however often: mail scanners and previews open links too.
    """

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = find_link(token, purpose=LinkPurpose.TEST, now=timezone.now())
        if link is None:
            with translation.override(language_of_browser(request)):
                return private(self.refuse(request), referrer="no-referrer")
        note_actor("link", link.pk)
        path = reverse("taking:test", args=[link.public_id])
        response = redirect(path)
        response.set_signed_cookie(COOKIE, token, salt=SALT, **cookie_terms(request, path))
        return private(response, referrer="no-referrer")

    def refuse(self, request: HttpRequest) -> HttpResponse:
        """Answer a wrong token: always the same, until somebody seems to be guessing."""
        if count_wrong_links(request) > WRONG_LINKS_A_MINUTE:
            response = note(request, words.too_many(), status=429)
            response["Retry-After"] = "60"
            return response
        return note(request, words.dead_link(), status=404)


@method_decorator(login_not_required, name="dispatch")
class TakingView(View):
    """A page behind a link: `self.sitting` is what the link opens, `self.now` the moment the request was read."""

    sitting: Sitting
    code: str
    # What scripts ask writes no moments for people, and spares itself a fresh look at the organisation.
    shows_moments = True
    # Some of it writes no words at all.
    has_words = True

    def dispatch(self, request: HttpRequest, *args: Any, code: str, **kwargs: Any) -> HttpResponseBase:
        self.now = timezone.now()
        self.code = code
        token = token_in_cookie(request)
        sitting = self.open(token, **kwargs) if token else None
        # A cookie of another test opens nothing here.
        if sitting is None or sitting.invitation.link.public_id != code:
            with translation.override(language_of_browser(request)):
                return private(note(request, words.open_link_again(), status=404))
        note_actor("link", sitting.invitation.link_id)
        self.sitting = sitting
        known = request.COOKIES.get(DEVICE_COOKIE, "")
        self.device = known if DEVICE_ID.fullmatch(known) else secrets.token_urlsafe(16)
        self.is_withdrawn = sitting.invitation.link.revoked_at is not None
        with self.as_candidate(sitting.invitation):
            try:
                response = self.respond(request, *args, **kwargs)
            except Http404:
                response = self.say(words.no_such_page(reverse("taking:test", args=[code])), status=404)
            if self.device != known:
                terms = cookie_terms(request, reverse("taking:test", args=[code]))
                response.set_cookie(DEVICE_COOKIE, self.device, **terms)
            return private(response)

    def open(self, token: str, **kwargs: Any) -> Sitting | None:
        """Return what the token opens, or None. Who needs more of the database at once reads it along."""
        return sitting_of(token)

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer by the request's method. Pages that exist in some states only look at them first."""
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def state(self) -> InvitationState:
        """Where the invitation stands. A revoked link opens nothing, whatever it has opened before."""
        return InvitationState.REVOKED if self.is_withdrawn else self.sitting.state(now=self.now)

    @cached_property
    def origin(self) -> Origin:
        """Where the request comes from. Only marks of it are ever kept."""
        address = get_adapter().get_client_ip(self.request)
        return Origin(self.device, address, self.request.headers.get("User-Agent", ""))

    @cached_property
    def organisation(self) -> Organisation:
        return organisation_lately()

    @property
    def is_running(self) -> bool:
        """Whether there is an attempt in progress with time left, by a clock that may stand still."""
        attempt = self.sitting.attempt
        return (
            self.state == InvitationState.STARTED
            and attempt is not None
            and attempt.has_time_left(now=self.now)
        )

    @contextmanager
    def as_candidate(self, invitation: Invitation) -> Iterator[None]:
        """Speak the language of the invitation, else the candidate's, and write moments in their zone."""
        candidate = invitation.candidate
        if not self.shows_moments:
            house = organisation_lately(within=LONG_ENOUGH).language if self.has_words else ""
            with translation.override(language_of(invitation.language, candidate.language, house)):
                yield
            return
        language = language_of(invitation.language, candidate.language, self.organisation.language)
        with translation.override(language), timezone.override(zone_of(candidate, self.organisation)):
            yield

    def show(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        return render(self.request, template, self.common() | context, status=status)

    def common(self) -> dict[str, Any]:
        """What every page needs. Given here, the organisation is not read a second time for the template."""
        return {
            "code": self.code,
            "at": Addresses(self.code),
            # Scripts put the place into these.
            "anywhere": Addresses(self.code, 0),
            "test_name": self.sitting.invitation.version.assessment.name,
            "organisation": self.organisation,
            "languages": other_languages(),
        }

    def say(self, text: Note, *, status: int = 200) -> HttpResponse:
        """Show a page that says one thing about this test and how to reach a person."""
        return self.show("taking/note.html", {"note": text}, status=status)

    def url(self, name: str, *args: object) -> str:
        return address(self.code, name, *args)

    def go(self, name: str, *args: object) -> HttpResponse:
        return redirect(self.url(name, *args))


def token_in_cookie(request: HttpRequest) -> str | None:
    """Return the token that `EnterView` left with this browser, or None without one or with a forged one."""
    return request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=COOKIE_LIFE) or None


def zone_of(candidate: Candidate, home: Organisation) -> zoneinfo.ZoneInfo:
    """Return the candidate's time zone, the organisation's where theirs is not known."""
    for name in (candidate.time_zone, home.time_zone):
        try:
            return zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            continue
    return zoneinfo.ZoneInfo("UTC")


def note(request: HttpRequest, text: Note, *, status: int = 200) -> HttpResponse:
    """Show a page that says one thing and how to reach a person."""
    return render(request, "taking/note.html", {"note": text}, status=status)
