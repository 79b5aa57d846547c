"""Requests for more time or another format: read and answered in one step."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.registries import may_see_field
from assessments import operations, queries
from assessments.enums import AccommodationState, InvitationState
from assessments.forms import AnswerForm
from assessments.models import AccommodationRequest, Attempt, Invitation
from shell.views import ShellPage

PAGE_SIZE = 50
REFUSALS = (operations.AccommodationRefused, operations.InvitationRefused, operations.CannotInvite)


class _Requests(ShellPage):
    """For those who change invitations; which requests they see is the grants' matter."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        may = request.user.is_authenticated and request.user.has_perm("assessments.change_invitation")
        if request.user.is_authenticated and self.test_func() and not may:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class RequestsView(_Requests, TemplateView):
    """What waits for an answer, the oldest first."""

    title = gettext_lazy("More time or another format")
    template_name = "assessments/requests.html"

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Start"), reverse("admin:index"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        waiting = queries.waiting_accommodations(self.actor)
        page = Paginator(waiting, PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(**kwargs, page=page, now=timezone.now())


class RequestView(_Requests, TemplateView):
    """One request with the form that grants or declines it."""

    template_name = "assessments/request.html"

    @cached_property
    def asked(self) -> AccommodationRequest:
        """The request; 404 for whoever may not answer it."""
        asked: AccommodationRequest = get_object_or_404(
            queries.accommodation_rows(self.actor), pk=self.kwargs["pk"]
        )
        return asked

    def get_title(self) -> str:
        return _("%(person)s: more time or another format") % {"person": self.asked.invitation.candidate}

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("More time or another format"), reverse("assessments:requests"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked, now = self.asked, timezone.now()
        invitation = asked.invitation
        state = invitation.state(queries.latest_attempt(invitation.pk), now=now)
        kwargs.setdefault("form", AnswerForm(initial=self.initial()))
        return super().get_context_data(
            **kwargs,
            asked=asked,
            invitation=invitation,
            state=state,
            request_state=AccommodationState(asked.state),
            # Once it is answered, what somebody wrote about their needs is no longer for everybody who recruits.
            may_read=asked.is_open
            or may_see_field(Invitation._meta.label, "extra_reason", self.actor, invitation),
            can_answer=asked.is_open
            and state in (InvitationState.WAITING, InvitationState.INVITED, InvitationState.EXPIRED),
            is_expired=state == InvitationState.EXPIRED,
            attempt=Attempt.objects.filter(invitation=invitation).order_by("-number").first(),
            minutes=invitation.version.minutes,
            extra_minutes=invitation.extra_seconds // 60,
            now=now,
        )

    def initial(self) -> dict[str, Any]:
        """What the form offers: what the person wished, else what they have already."""
        return {"minutes": self.asked.wished_minutes or self.asked.invitation.extra_seconds // 60}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = AnswerForm(request.POST)
        if form.is_valid():
            try:
                done = self.answer(form, is_granted="grant" in request.POST)
            except ValidationError as error:
                form = with_errors(form, error)
            except REFUSALS as refusal:
                messages.error(request, str(refusal))
                return redirect("assessments:request", self.asked.pk)
            else:
                messages.success(request, done)
                return redirect("assessments:requests")
        return self.render_to_response(self.get_context_data(form=form))

    def answer(self, form: AnswerForm, *, is_granted: bool) -> str:
        """Grant or decline, and return what to tell the colleague."""
        common: dict[str, Any] = {
            "request": self.asked,
            "answer": form.cleaned_data["answer"],
            "by": self.actor,
            "now": timezone.now(),
        }
        if is_granted:
            operations.grant_accommodation(minutes=form.cleaned_data["minutes"] or 0, **common)
            return _("Granted. The mail to the candidate is on its way.")
        operations.decline_accommodation(**common)
        return _("Declined. The mail to the candidate is on its way.")


def with_errors(form: AnswerForm, error: ValidationError) -> AnswerForm:
    """Put what the operation found wrong beside its field."""
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)
    return form
