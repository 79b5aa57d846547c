"""Sending a question that waits for a review back to whoever wrote it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from questions import operations, queries
from questions.enums import Kind, QueueReason
from questions.forms.reviewing import SendBackForm
from questions.views.history import QuestionPage


class SendBackView(QuestionPage):
    """The question as it waits, and what is to be changed."""

    template_name = "questions/send_back.html"
    title = gettext_lazy("Send this question back")
    needed = "questions.change_question"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", SendBackForm())
        latest = queries.latest_version(self.question)
        return super().get_context_data(
            **kwargs,
            question=self.question,
            preview=queries.rendered(latest) if latest else None,
            is_single=self.question.kind == Kind.SINGLE,
            back=self.address,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SendBackForm(request.POST)
        if form.is_valid():
            note = form.cleaned_data["note"]
            try:
                operations.send_back(question=self.question, note=note, by=self.actor, now=timezone.now())
            except ValidationError as refusal:
                form.add_error("note", refusal.messages)
            except operations.QuestionLocked as refusal:
                messages.error(request, str(refusal))
                return redirect(self.address)
            else:
                messages.success(request, _("The question went back to whoever wrote it."))
                return redirect(f"{reverse('questions:review-queue')}?kind={QueueReason.FOR_ME}")
        return self.render_to_response(self.get_context_data(form=form))
