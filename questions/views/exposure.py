"""How often a question was shown and may be, and whether it became known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from questions import operations
from questions.forms import CapForm, LeakForm
from questions.models import Question
from questions.views.history import QuestionPage
from shell.admin.bases import add_refusal

# What is asked for without a form, each with what is said afterwards.
_PLAIN: Mapping[str, tuple[Callable[..., Question], Any]] = {
    "rest": (operations.let_rest, gettext_lazy("The question rests now.")),
    "wake": (operations.wake, gettext_lazy("The question is drawn like any other again.")),
    "clear": (operations.clear_leak, gettext_lazy("The question is not marked as leaked any more.")),
}


class ExposureView(QuestionPage):
    """What spares a question: its limit, a rest, the mark of a leak. Whoever may change it changes that here."""

    template_name = "questions/exposure.html"
    title = gettext_lazy("Exposure and leaks")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.method == "POST":
            self.needed = "questions.change_question"
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        do, now = request.POST.get("do", ""), timezone.now()
        if do in _PLAIN:
            operation, said = _PLAIN[do]
            operation(question=self.question, by=self.actor, now=now)
            return self.done(said)
        if do == "cap":
            form: Form = CapForm(request.POST)
            return self.tried("cap_form", form, operations.set_exposure_cap, _("The limit is saved."))
        form = LeakForm(request.POST)
        return self.tried("leak_form", form, operations.flag_leaked, _("The question is marked as leaked."))

    def tried(self, name: str, form: Form, operation: Callable[..., Question], said: str) -> HttpResponse:
        """Do what a form asks for, or show it again with what is wrong."""
        if form.is_valid():
            try:
                operation(question=self.question, **form.cleaned_data, by=self.actor, now=timezone.now())
            except ValidationError as refusal:
                add_refusal(form, refusal)
            else:
                return self.done(said)
        return self.render_to_response(self.get_context_data(**{name: form}))

    def done(self, said: Any) -> HttpResponse:
        messages.success(self.request, said)
        return redirect("questions:exposure", self.question.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        question = self.question
        usage = getattr(question, "usage", None)
        cap = question.rests_after or question.bank.rests_after
        shown = usage.shown if usage else 0
        return super().get_context_data(
            **{
                "question": question,
                "usage": usage,
                "shown": shown,
                "cap": cap,
                "is_full": cap is not None and shown >= cap,
                "may_change": self.request.user.has_perm("questions.change_question"),
                "back": self.address,
                "cap_form": CapForm(initial={"times": question.rests_after}),
                "leak_form": LeakForm(initial={"note": question.leaked_note}),
                **kwargs,
            }
        )
