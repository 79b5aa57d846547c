"""What colleagues do about one attempt: a small form each, with its reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from assessments import operations
from assessments.forms import ReopenForm, TimeForm, WhyForm
from assessments.views.attempts import AttemptPage


class AttemptStep(AttemptPage, TemplateView):
    """A small form about an attempt, with a page of its own."""

    template_name = "assessments/attempt_step.html"
    form_class: type[Form]
    heading: Any = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and self.test_func() and not self.may_change:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_crumbs(self) -> list[tuple[str, str]]:
        address = reverse("assessments:attempt", args=[self.attempt.pk])
        return [*super().get_crumbs(), (super().get_title(), address)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form_class())
        return super().get_context_data(**kwargs, attempt=self.attempt, words=self.words())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        if form.is_valid():
            try:
                done = self.act(form)
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            except operations.AttemptClosed as refusal:
                messages.error(request, str(refusal))
                return self.back()
            else:
                messages.success(request, done)
                return self.back()
        return self.render_to_response(self.get_context_data(form=form))

    def words(self) -> dict[str, str]:
        raise NotImplementedError

    def act(self, form: Form) -> str:
        raise NotImplementedError


class AddTimeView(AttemptStep):
    """Give time in a running attempt."""

    form_class = TimeForm

    def get_title(self) -> str:
        return _("Give more time")

    def words(self) -> dict[str, str]:
        return {
            "lead": _("The clock on the candidate's page follows within half a minute."),
            "button": _("Give this time"),
        }

    def act(self, form: Form) -> str:
        operations.add_time(
            attempt=self.attempt,
            seconds=form.cleaned_data["minutes"] * 60,
            reason=form.cleaned_data["reason"],
            by=self.actor,
            now=timezone.now(),
        )
        return _("The time was given.")


class VoidView(AttemptStep):
    """Declare an attempt void."""

    form_class = WhyForm

    def get_title(self) -> str:
        return _("Declare this attempt void")

    def words(self) -> dict[str, str]:
        return {
            "lead": _("It counts for nothing any more and stays here to be read. This cannot be undone."),
            "button": _("Declare void"),
        }

    def act(self, form: Form) -> str:
        operations.void_attempt(
            attempt=self.attempt, reason=form.cleaned_data["reason"], by=self.actor, now=timezone.now()
        )
        return _("The attempt is void.")


class PauseView(AttemptStep):
    """Stop the clock of a running attempt."""

    form_class = WhyForm

    def get_title(self) -> str:
        return _("Pause this attempt")

    def words(self) -> dict[str, str]:
        return {
            "lead": _(
                "The clock stands still until you let it go on. The candidate's page says so within half a minute and "
                "shows no question."
            ),
            "button": _("Pause it"),
        }

    def act(self, form: Form) -> str:
        operations.pause_attempt(
            attempt=self.attempt, reason=form.cleaned_data["reason"], by=self.actor, now=timezone.now()
        )
        return _("The attempt is paused.")


class ResumeView(AttemptStep):
    """Let a paused attempt go on."""

    form_class = WhyForm

    def get_title(self) -> str:
        return _("Let this attempt go on")

    def words(self) -> dict[str, str]:
        return {
            "lead": _(
                "There is as much time left as when it was paused. The candidate's page goes on by itself."
            ),
            "button": _("Let it go on"),
        }

    def act(self, form: Form) -> str:
        operations.resume_attempt(
            attempt=self.attempt, reason=form.cleaned_data["reason"], by=self.actor, now=timezone.now()
        )
        return _("The attempt goes on.")


class ReopenView(AttemptStep):
    """Let somebody go on with a test that was handed in."""

    form_class = ReopenForm

    def get_title(self) -> str:
        return _("Reopen this attempt")

    def words(self) -> dict[str, str]:
        return {
            "lead": _(
                "They go on where they were, by the link in their mail; tell them, because nobody is written to. The "
                "score so far stays here to be read and counts no more; what they hand in next is scored anew."
            ),
            "button": _("Reopen it"),
        }

    def act(self, form: Form) -> str:
        operations.reopen_attempt(
            attempt=self.attempt,
            minutes=form.cleaned_data["minutes"],
            reason=form.cleaned_data["reason"],
            by=self.actor,
            now=timezone.now(),
        )
        return _("The attempt is open again.")
