"""What is decided about one application beside its move: hiring, and taking back a mail that waits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from hiring import operations, queries
from hiring.enums import ApplicationStatus, Capability, JobStatus
from hiring.forms import HireForm
from hiring.models import Application, Opening
from hiring.queries import InvitationsFate
from hiring.views.bases import REFUSALS, ApplicationPage, add_errors, told
from outbox.models import Message
from outbox.operations import MessageRefused


class HireView(ApplicationPage, TemplateView):
    """Hire somebody: which opening that fills, and what becomes of their invitations."""

    needs = Capability.DECIDE
    template_name = "hiring/hire.html"

    def get_title(self) -> str:
        return _("Hire %s") % self.application.candidate

    def get_crumbs(self) -> list[tuple[Any, str]]:
        application = self.application
        return [
            (application.job.title, reverse("hiring:job", args=[application.job.slug])),
            (application.candidate, self.application_url),
        ]

    @cached_property
    def fate(self) -> InvitationsFate:
        return queries.invitations_fate([self.application.pk], now=self.now)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show(HireForm(initial={"version": self.application.version}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = HireForm(request.POST)
        if not form.is_valid():
            return self._show(form)
        try:
            hired = operations.change_status(
                application=self.application,
                to_status=ApplicationStatus.HIRED,
                seen_version=form.cleaned_data["version"],
                comment=form.cleaned_data["comment"],
                by=self.actor,
                now=self.now,
            )
        except ValidationError as error:
            add_errors(form, error)
            return self._show(form)
        except REFUSALS as refusal:
            form.add_error(None, str(refusal))
            return self._show(form)
        if form.cleaned_data["withdraw_invitations"]:
            operations.withdraw_open_invitations(applications=[hired], by=self.actor, now=self.now)
        messages.success(request, _("%s is hired.") % hired.candidate)
        return HttpResponseRedirect(address_after(self.application, hired))

    def _show(self, form: HireForm) -> HttpResponse:
        seen = queries.openings_of(self.application.job, self.actor)
        free = list(seen.filter(filled_by=None, closed_at=None))
        context = self.get_context_data(
            application=self.application,
            job=self.application.job,
            form=form,
            fate=self.fate,
            opening=_first(free),
            is_last=len(free) == 1,
        )
        return self.render_to_response(context)


def _first(openings: list[Opening]) -> Opening | None:
    return openings[0] if openings else None


def address_after(before: Application, now: Application) -> str:
    """Return where a decision leads: to the question about the others when it closed the job, else to the person.

    The page of the person offers to undo it, for as long as that can be.
    """
    closed = before.job.status != JobStatus.CLOSED and now.job.status == JobStatus.CLOSED
    if closed and now.status == ApplicationStatus.HIRED:
        return reverse("hiring:close", args=[now.job.slug])
    address = reverse("hiring:application", args=[now.public_id])
    return f"{address}?undo={now.version}" if now.version != before.version else address


class UndoView(ApplicationPage, View):
    """Take back what one has just decided: whoever might decide it may."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        number = request.POST.get("number", "")
        if not number.isdecimal() or len(number) > 9:
            raise Http404
        undone = told(
            request,
            lambda: operations.undo_last(
                application=self.application, number=int(number), by=self.actor, now=self.now
            ),
        )
        if undone:
            words = _("Undone: %(person)s is “%(status)s” at “%(stage)s” again.") % {
                "person": undone.candidate,
                "status": undone.get_status_display(),
                "stage": undone.stage.name,
            }
            messages.success(request, words)
            for test in queries.left_withdrawn(undone, number=int(number)):
                messages.warning(
                    request,
                    _("The invitation to “%s” stays withdrawn. Invite again, if it is to go on.") % test,
                )
        return HttpResponseRedirect(self.application_url)


class CancelMailView(ApplicationPage, View):
    """Take back a mail about the application that waits."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str, message_id: str) -> HttpResponse:
        if self.rights.isdisjoint({Capability.DECIDE, Capability.MAIL}):
            raise Http404
        mails = Message.objects.filter(about="hiring.application", about_id=self.application.pk)
        message = get_object_or_404(mails.visible_to(self.actor), public_id=message_id)
        try:
            operations.cancel_waiting_mail(
                application=self.application, message=message, by=self.actor, now=self.now
            )
        except MessageRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The mail is cancelled. It does not go out."))
        return HttpResponseRedirect(self.application_url)
