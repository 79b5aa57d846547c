"""Mail to candidates that did not arrive: the list of it, and the right address for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from hiring import operations
from hiring.forms import CorrectAddressForm
from hiring.queries import undelivered
from hiring.views.bases import REFUSALS, HiringPage, add_errors
from outbox.models import Message
from outbox.operations import MessageRefused
from outbox.registries import Correcting
from shell.columns import page_links

PAGE_SIZE = 50


class UndeliveredView(HiringPage, TemplateView):
    """The list. Whoever recruits for the job corrects; others see what did not arrive."""

    template_name = "hiring/undelivered.html"

    def get_title(self) -> str:
        return _("Mail that did not arrive")

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Start"), reverse("admin:index"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(undelivered.undelivered_mail(self.actor), PAGE_SIZE).get_page(
            self.request.GET.get("page")
        )
        return super().get_context_data(
            page=page,
            rows=undelivered.undelivered_rows(page.object_list, self.actor),
            page_links=page_links(page, self.request.GET),
            **kwargs,
        )


class CorrectMailView(HiringPage, TemplateView):
    """Type the right address for one mail; it is written to it at once."""

    template_name = "hiring/correct_mail.html"

    def get_title(self) -> str:
        return _("Correct the address")

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        mail = reverse("outbox:message", args=[self.message.public_id])
        return [(_("Mail"), reverse("outbox:mail")), (self.message.subject, mail)]

    @cached_property
    def message(self) -> Message:
        """The message of the address."""
        seen = Message.objects.visible_to(self.actor).select_related("link")
        message: Message = get_object_or_404(seen, public_id=self.kwargs["public_id"])
        return message

    @cached_property
    def place(self) -> Correcting | None:
        return undelivered.where_to_correct(self.actor, self.message)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.place is None:
            raise Http404
        return self._show(CorrectAddressForm(initial={"email": self.place.address}))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.place is None:
            raise Http404
        form = CorrectAddressForm(request.POST)
        if not form.is_valid():
            return self._show(form)
        try:
            mail = operations.correct_mail_and_resend(
                message=self.message, email=form.cleaned_data["email"], by=self.actor, now=self.now
            )
        except ValidationError as error:
            add_errors(form, error)
            return self._show(form)
        except (MessageRefused, *REFUSALS) as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(reverse("outbox:message", args=[self.message.public_id]))
        words = _("The address is corrected. The mail is on its way to %s.")
        if self.message.link_id is not None:
            words = _("The address is corrected. The mail is on its way to %s, with a new link.")
        messages.success(request, words % mail.to_address)
        return HttpResponseRedirect(self._way_on(mail))

    def _way_on(self, mail: Message) -> str:
        """Back to the list or the application where the address was typed, else to the new message."""
        back = self.request.POST.get("back")
        if back == "list":
            return reverse("hiring:undelivered")
        application = undelivered.application_of_mail(mail) if back == "application" else None
        if application is not None:
            return reverse("hiring:application", args=[application.public_id])
        return reverse("outbox:message", args=[mail.public_id])

    def _show(self, form: CorrectAddressForm) -> HttpResponse:
        back = self.request.POST.get("back", "")
        return self.render_to_response(self.get_context_data(form=form, mail=self.message, back=back))
