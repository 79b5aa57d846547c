"""Invitations that ran out before anybody started, each with what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from assessments.models import Invitation
from candidates.queries import main_address_of
from hiring import operations, queries
from hiring.enums import Capability
from hiring.forms import CorrectAddressForm
from hiring.models import Application
from hiring.rules import DAYS_MORE
from hiring.views.bases import REFUSALS, HiringPage, add_errors
from shell.columns import page_links

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Expired:
    """A line of the list. `form` holds what was typed and why it was refused."""

    invitation: Invitation
    application: Application
    email: str
    may_act: bool
    form: CorrectAddressForm | None = None


class NeedsYouView(HiringPage, TemplateView):
    """The list. Whoever recruits for the job acts; others see who waits."""

    template_name = "hiring/needs_you.html"

    def get_title(self) -> str:
        return _("Invitations that ran out")

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Start"), reverse("admin:index"))]

    def expired(self) -> QuerySet[Invitation]:
        """The invitations that the actor sees, with the main address of each person. Lazy."""
        rows = queries.expired_invitations(self.actor, now=self.now)
        return rows.annotate(email=main_address_of("candidate"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.expired(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        jobs = queries.jobs_where(self.actor, Capability.INVITE)
        managed = set(jobs.values_list("pk", flat=True))
        return super().get_context_data(
            page=page,
            rows=[self._row(row, managed, kwargs.get("refused")) for row in page.object_list],
            days_more=DAYS_MORE,
            page_links=page_links(page, self.request.GET),
            **kwargs,
        )

    def _row(
        self, invitation: Invitation, managed: set[int], refused: tuple[int, CorrectAddressForm] | None
    ) -> Expired:
        application = invitation.application_link.application
        form = refused[1] if refused and refused[0] == invitation.pk else None
        email: str = getattr(invitation, "email", None) or ""
        return Expired(invitation, application, email, application.job_id in managed, form)


class ActOnExpiredView(NeedsYouView):
    """Extend one of them, or correct the address and send it again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = get_object_or_404(self.expired(), pk=pk)
        application = invitation.application_link.application
        if not queries.may(self.actor, Capability.INVITE, application.job):
            raise Http404
        form = CorrectAddressForm(request.POST if request.POST.get("do") == "correct" else None)
        if form.is_bound and not form.is_valid():
            return self._refused(invitation, form)
        try:
            if form.is_bound:
                operations.correct_and_resend(
                    application=application,
                    invitation=invitation,
                    email=form.cleaned_data["email"],
                    by=self.actor,
                    now=self.now,
                )
                words = _(
                    "The address of %s is corrected. A new link is on its way; the old one opens nothing."
                )
            else:
                operations.extend_and_remind(
                    application=application, invitation=invitation, by=self.actor, now=self.now
                )
                words = _("%s has more days, and gets the mail again.")
        except ValidationError as error:
            if form.is_bound:
                add_errors(form, error)
                return self._refused(invitation, form)
            for text in error.messages:
                messages.error(request, text)
        except REFUSALS as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, words % application.candidate)
        return HttpResponseRedirect(reverse("hiring:needs-you"))

    def _refused(self, invitation: Invitation, form: CorrectAddressForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(refused=(invitation.pk, form)))
