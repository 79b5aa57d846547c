"""The public page of an open link, and the page on which somebody confirms their address.

Whatever is typed on the public page is answered alike: who is known here, was invited or took the test is for the
owner of the mail box alone to learn. A GET writes nothing.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from accounts.operations import take_guess
from accounts.rules import GuessDoor
from assessments import queries
from assessments.models import OpenLink, SignUp
from assessments.operations import (
    CannotInvite,
    OpenLinkRefused,
    confirm_sign_up,
    sign_up,
)
from assessments.taking import languages, words
from assessments.taking.access import COOKIE, SALT, EnterView
from assessments.taking.forms import SignUpForm
from candidates.enums import ConsentPurpose
from candidates.queries import current_consent_text
from outbox.enums import LinkPurpose
from outbox.queries import find_link
from outbox.rules import link_token
from rendering.moments import exact_time, iso_time
from shell.candidate_pages import (
    PublicView,
    chosen_in_browser,
    cookie_terms,
    language_of_browser,
    private,
)
from shell.logs import note_actor

CONFIRM_COOKIE = "shortlist_confirm"


class PostingView(PublicView):
    """A page for somebody of whom nothing is known but their browser."""

    note_template = "taking/note.html"


class OpenLinkView(PostingView):
    """What it is about, and a form for name and address."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.show_form(code, SignUpForm())

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        link, form = self.found(code), SignUpForm(request.POST)
        if link is None or not link.is_open(now=self.now) or not form.is_valid():
            return self.show_form(code, form)
        peer = get_adapter().get_client_ip(request)
        if not take_guess(
            peer=peer, address=form.cleaned_data["email"], door=GuessDoor.SIGN_UP, now=self.now
        ):
            response = self.say(words.asked_too_often(), status=429)
            response["Retry-After"] = "900"
            return response
        try:
            sign_up(
                link=link,
                full_name=form.cleaned_data["full_name"],
                email=form.cleaned_data["email"],
                language=translation.get_language(),
                now=self.now,
            )
        except OpenLinkRefused:
            return self.show_form(code, form)
        except ValidationError as error:
            for field, errors in error.error_dict.items():
                form.add_error(field if field in form.fields else None, errors)
            return self.show_form(code, form)
        return redirect("taking:open-link-sent", code)

    def come_anew(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Nothing typed is lost, and nothing is judged before it is sent.
        return self.show_form(kwargs["code"], SignUpForm(initial=request.POST.dict()))

    def found(self, code: str) -> OpenLink | None:
        return OpenLink.objects.select_related("assessment__current_version").filter(public_id=code).first()

    def show_form(self, code: str, form: SignUpForm) -> HttpResponse:
        link = self.found(code)
        if link is None:
            return self.say(words.no_such_posting(), status=404)
        if not link.is_open(now=self.now):
            return self.say(words.posting_closed(link, now=self.now))
        version: Any = link.assessment.current_version
        context = {
            "link": link,
            "form": form,
            "minutes": version.minutes,
            "closes": exact_time(link.closes_at) if link.closes_at else "",
            "closes_iso": iso_time(link.closes_at) if link.closes_at else "",
            "questions": queries.question_count(version.pk),
            "consent_text": current_consent_text(ConsentPurpose.SIGN_UP, translation.get_language()).body,
        }
        return self.show("taking/open_link.html", context)


class OpenLinkSentView(PostingView):
    """The same for everybody who sent the form, whatever became of it."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.say(words.look_into_your_mail(reverse("taking:open-link", args=[code])))


class ConfirmEnterView(EnterView):
    """Where the mailed link of a confirmation leads: as `EnterView`, to another page."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = find_link(token, purpose=LinkPurpose.CONFIRM, now=timezone.now())
        if link is None:
            with translation.override(language_of_browser(request)):
                return private(self.refuse(request), referrer="no-referrer")
        note_actor("link", link.pk)
        path = reverse("taking:confirm", args=[link.public_id])
        response = redirect(path)
        response.set_signed_cookie(CONFIRM_COOKIE, token, salt=SALT, **cookie_terms(request, path))
        return private(response, referrer="no-referrer")


class ConfirmView(PostingView):
    """One button: it makes a person of a sign-up, and leads to the briefing."""

    came_by_mail = True

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        asked = self.asked(code)
        if asked is None:
            return self.say(words.dead_link(), status=404)
        if asked.invitation is not None:
            return self.show("taking/confirm.html", {"asked": asked, "is_confirmed": True})
        if not asked.open_link.is_open(now=self.now):
            return self.say(words.posting_closed(asked.open_link, now=self.now))
        return self.show("taking/confirm.html", {"asked": asked, "is_confirmed": False})

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        asked = self.asked(code)
        if asked is None:
            return self.say(words.dead_link(), status=404)
        try:
            invitation = confirm_sign_up(asked=asked, now=self.now)
        except OpenLinkRefused:
            return self.say(words.posting_closed(asked.open_link, now=self.now))
        except CannotInvite as refusal:
            return self.say(words.not_invited(str(refusal)))
        if asked.invitation is None and (chosen := chosen_in_browser(request)):
            languages.speak(invitation, chosen)
        path = reverse("taking:test", args=[invitation.link.public_id])
        response = redirect(path)
        response.set_signed_cookie(
            COOKIE, link_token(invitation.link), salt=SALT, **cookie_terms(request, path)
        )
        return response

    def asked(self, code: str) -> SignUp | None:
        """The sign-up of the link in the cookie, if it still opens anything."""
        token = self.request.get_signed_cookie(CONFIRM_COOKIE, default=None, salt=SALT)
        link = find_link(token, purpose=LinkPurpose.CONFIRM, now=self.now) if token else None
        if link is None or link.public_id != code or not link.is_open(now=self.now):
            return None
        note_actor("link", link.pk)
        return queries.sign_up_of(link)
