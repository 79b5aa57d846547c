"""Before the start: asking for more time or another format, and what was answered."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from assessments import queries
from assessments.enums import AccommodationState, InvitationState
from assessments.models import AccommodationRequest, Invitation
from assessments.operations import AccommodationRefused, ask_for_accommodation
from assessments.taking import words
from assessments.taking.access import TakingView
from assessments.taking.forms import AskForm

BEFORE_THE_START = (InvitationState.WAITING, InvitationState.INVITED, InvitationState.EXPIRED)


class AskView(TakingView):
    """A small form before the start; afterwards whom to write to."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show_page(AskForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AskForm(request.POST)
        if self.state not in BEFORE_THE_START or not form.is_valid():
            return self.show_page(form)
        try:
            ask_for_accommodation(
                invitation=self.sitting.invitation,
                text=form.cleaned_data["text"],
                wished_minutes=form.cleaned_data["wished_minutes"],
                now=self.now,
            )
        except AccommodationRefused:
            # Started in another window at this very moment: the page says whom to write to.
            return self.go("more-time")
        except ValidationError as error:
            form.add_error(None, error.messages)
            return self.show_page(form)
        return self.go("more-time")

    def show_page(self, form: AskForm) -> HttpResponse:
        if self.state not in BEFORE_THE_START:
            return self.say(words.too_late_to_ask(self.url("test")))
        latest = queries.latest_accommodation(self.sitting.invitation.pk)
        context = {
            "form": form,
            "latest": latest,
            "is_waiting": latest is not None and latest.is_open,
            "decision": decision(latest, self.sitting.invitation),
            "test_name": self.sitting.invitation.version.assessment.name,
        }
        return self.show("taking/more_time.html", context)


def decision(request: AccommodationRequest | None, invitation: Invitation) -> str:
    """Say what became of a request, in a sentence; empty while there is none or it waits."""
    if request is None or request.is_open:
        return ""
    if request.state == AccommodationState.DECLINED:
        return words.declined()
    return words.granted(request.extra_seconds)
