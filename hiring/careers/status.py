"""Where an application stands, behind the mailed link. It says nothing of scores, reasons or what colleagues think."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from candidates.enums import DocumentKind
from candidates.models import Document
from hiring.careers import words
from hiring.careers.forms import SendDocumentForm
from hiring.careers.pages import TakesFiles
from hiring.enums import ApplicationStatus, JobStatus
from hiring.models import Application
from hiring.operations import MoveRefused, StaleMove, send_own_document, withdraw_own_application
from hiring.operations.own_documents import kind_of_another
from hiring.queries import careers
from outbox.enums import LinkPurpose
from outbox.models import AccessLink
from outbox.queries import find_link
from rendering.documents.sniffing import DocumentRefused
from shell.candidate_pages import (
    COOKIE_LIFE,
    WRONG_LINKS_A_MINUTE,
    PublicView,
    cookie_terms,
    count_wrong_links,
    private,
)
from shell.logs import note_actor
from shell.unavailable import is_unavailable

COOKIE = "shortlist_application"
SALT = "hiring.careers.status"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an application stands, in the organisation's public words."""

    words: str
    more: str
    # So long they may also send documents.
    may_withdraw: bool


def standing_of(application: Application) -> Standing:
    """Return what the candidate is told. A rejection is told by its mail first: until that went out nothing shows.

    One query for those who were rejected, none for others.
    """
    status, job = application.status, application.job
    if status == ApplicationStatus.WITHDRAWN:
        return Standing(_("Withdrawn"), _("We do not go on with your application."), may_withdraw=False)
    if status == ApplicationStatus.HIRED:
        return Standing(_("Accepted"), _("We look forward to working with you."), may_withdraw=False)
    if status == ApplicationStatus.REJECTED:
        if careers.rejection_was_told(application):
            more = _("Thank you for the time you gave to it. A person made this decision, not a program.")
            return Standing(_("We do not go on with your application"), more, may_withdraw=False)
        if job.status == JobStatus.CLOSED:
            more = _("This job is closed. Thank you for the time you gave to it.")
            return Standing(_("Closed"), more, may_withdraw=False)
    return Standing(
        application.stage.public_name or _("In progress"),
        _("You hear from us by mail as soon as there is something new."),
        may_withdraw=True,
    )


class StatusEnterView(PublicView):
    """Where the mailed link leads: hands the token over to a cookie and shows an address without it. Writes nothing."""

    http_method_names = ["get", "head", "options"]
    note_template = "careers/note.html"
    came_by_mail = True

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        link = find_link(token, purpose=LinkPurpose.STATUS, now=self.now)
        if link is None or not link.is_open(now=self.now):
            return self.refuse()
        note_actor("link", link.pk)
        path = reverse("careers:status", args=[link.public_id])
        response = redirect(path)
        response.set_signed_cookie(COOKIE, token, salt=SALT, **cookie_terms(request, path))
        return response

    def refuse(self) -> HttpResponse:
        """Answer a wrong token: always the same, until somebody seems to be guessing."""
        if count_wrong_links(self.request) > WRONG_LINKS_A_MINUTE:
            response = self.say(words.too_many_links(), status=429)
            response["Retry-After"] = "60"
            return response
        return self.say(words.dead_link(), status=404)

    def kept(self, response: HttpResponseBase) -> HttpResponseBase:
        return private(response, referrer="no-referrer")


class OwnApplicationView(PublicView):
    """A page behind the link: `self.application` is what it opens."""

    note_template = "careers/note.html"
    came_by_mail = True
    kwargs: dict[str, Any]

    @cached_property
    def opened(self) -> tuple[Application, AccessLink] | None:
        """The application of the link in the cookie, if that is the link of this address and opens anything."""
        token = self.request.get_signed_cookie(COOKIE, default=None, salt=SALT, max_age=COOKIE_LIFE)
        link = find_link(token, purpose=LinkPurpose.STATUS, now=self.now) if token else None
        if link is None or link.public_id != self.kwargs["code"] or not link.is_open(now=self.now):
            return None
        note_actor("link", link.pk)
        application = careers.application_of_link(link)
        return (application, link) if application is not None else None

    def show(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        # No page of a person offers what every stranger can look up: the way back is their own.
        return super().show(template, {"is_own": True, **context}, status=status)

    @property
    def page_url(self) -> str:
        return reverse("careers:status", args=[self.kwargs["code"]])


class StatusView(OwnApplicationView):
    """What was applied for, where it stands, and the way to withdraw it."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if self.opened is None:
            return self.say(words.open_link_again(), status=404)
        application, _link = self.opened
        context = {
            "application": application,
            "job": application.job,
            "standing": standing_of(application),
            "withdraw_url": reverse("careers:withdraw", args=[code]),
            "documents": [
                {
                    "document": document,
                    "kind": DocumentKind(document.kind).label,
                    "url": reverse("careers:replace", args=[code, document.public_id]),
                }
                for document in careers.own_documents(application)
            ],
            "send_url": reverse("careers:send", args=[code]),
        }
        return self.show("careers/status.html", context)


class SendDocumentView(TakesFiles, OwnApplicationView):
    """A file for an application: one more, or in place of one that was sent before."""

    def get(self, request: HttpRequest, code: str, document: str = "") -> HttpResponse:
        return self.answer(document)

    def post(self, request: HttpRequest, code: str, document: str = "") -> HttpResponse:
        return self.answer(document)

    def answer(self, code: str) -> HttpResponse:
        if self.opened is None:
            return self.say(words.open_link_again(), status=404)
        application, _link = self.opened
        # The page says what there is to say of an application that is over, and of a document that is there no more.
        old = self.document(application, code)
        if (code and old is None) or not standing_of(application).may_withdraw:
            return redirect(self.page_url)
        kind = DocumentKind(old.kind) if old is not None else kind_of_another(application)
        sent = (self.request.POST, self.request.FILES) if self.request.method == "POST" else ()
        form = SendDocumentForm(*sent, kind=kind)
        if form.is_valid() and self.take(form, application, old):
            return redirect(self.page_url)
        context = {
            "job": application.job,
            "old": old,
            "kind": kind.label,
            "form": form,
            "page_url": self.page_url,
        }
        return self.show("careers/document.html", context)

    def document(self, application: Application, code: str) -> Document | None:
        documents = careers.own_documents(application) if code else []
        return next((document for document in documents if document.public_id == code), None)

    def take(self, form: SendDocumentForm, application: Application, old: Document | None) -> bool:
        """Take a file, or say beside its field why not."""
        try:
            send_own_document(
                application=application, upload=form.cleaned_data["file"], instead_of=old, now=self.now
            )
        except DocumentRefused as refusal:
            form.add_error("file", refusal.words)
        except OSError as error:
            if not is_unavailable(error):
                raise
            form.add_error("file", words.no_room())
        return form.is_valid()


class WithdrawView(OwnApplicationView):
    """One question before an application is withdrawn; only the button does it."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if self.opened is None:
            return self.say(words.open_link_again(), status=404)
        application, _link = self.opened
        if not standing_of(application).may_withdraw:
            return redirect(self.page_url)
        return self.show("careers/withdraw.html", {"job": application.job, "page_url": self.page_url})

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        if self.opened is None:
            return self.say(words.open_link_again(), status=404)
        application, link = self.opened
        # If it is over, or a colleague did something at this moment, the page says what there is to say.
        with suppress(MoveRefused, StaleMove):
            withdraw_own_application(application=application, link=link, now=self.now)
        return redirect(self.page_url)
