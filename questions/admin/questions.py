"""Questions: the steps with a page of their own. Their form is in `questions.admin.editing`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext

from questions import operations
from questions.admin.editing import QuestionEditing
from questions.admin.facts import question_facts
from questions.models import Question
from questions.registries import starved_by


@admin.register(Question)
class QuestionAdmin(QuestionEditing):
    """The form; `questions.views.listing` stands in the place of the list."""

    # --- Steps ---

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<int:question_id>/{step}/",
                self.admin_site.admin_view(view),
                name=f"questions_question_{step.replace('-', '_')}",
            )
            for step, view in (
                ("review", self.review_step),
                ("ready", self.ready_step),
                ("retire", self.retire_step),
                ("take-up", self.take_up_step),
            )
        ]
        return [*own, *super().get_urls()]

    def review_step(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """Show what a colleague would look at, and put it before them when asked to."""
        return self._step(
            request,
            question_id,
            operation=operations.send_to_review,
            words={
                "title": gettext("Send this question to review"),
                "lead": gettext(
                    "Authors and administrators find it on their start page. Another than its author marks it ready."
                ),
                "button": gettext("Send to review"),
                "done": gettext("The question waits for a colleague."),
            },
        )

    def take_up_step(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """Ask once, then put a retired question back into use."""
        return self._step(
            request,
            question_id,
            operation=operations.take_up_again,
            words={
                "title": gettext("Take this question up again"),
                "lead": gettext(
                    "A question that was ready is ready again, with the version that was; another is a draft again."
                ),
                "button": gettext("Take up again"),
                "done": gettext("The question is in use again."),
            },
        )

    def ready_step(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """Show what would be frozen, and freeze it when asked to."""
        return self._step(
            request,
            question_id,
            operation=operations.make_ready,
            words={
                "title": gettext("Mark this question ready"),
                "lead": gettext(
                    "Tests published from now on may draw it, exactly as shown here. A later change starts a new "
                    "version and leaves this one as it is."
                ),
                "button": gettext("Mark ready"),
                "done": gettext("The question is ready."),
            },
        )

    def retire_step(self, request: HttpRequest, question_id: int) -> HttpResponse:
        """Ask once, then take a question out of use."""
        return self._step(
            request,
            question_id,
            operation=operations.retire_question,
            words={
                "title": gettext("Retire this question"),
                "lead": gettext(
                    "New tests leave it out. Tests that are published draw it only when nothing else is left; "
                    "attempts and scores stay as they are."
                ),
                "button": gettext("Retire"),
                "done": gettext("The question is retired."),
            },
            find=lambda question: {"starved": starved_by([question.pk], self.actor(request))},
        )

    def _step(
        self,
        request: HttpRequest,
        question_id: int,
        *,
        operation: Any,
        words: dict[str, str],
        find: Callable[[Question], dict[str, Any]] = lambda question: {},
    ) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        question = self.get_object(request, str(question_id))
        if question is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(question_id))
        back = reverse("admin:questions_question_change", args=[question.pk])
        if request.method == "POST":
            try:
                operation(question=question, by=self.actor(request), now=timezone.now())
            except ValidationError as refusal:
                self.message_user(request, " ".join(refusal.messages), messages.ERROR)
            except operations.QuestionLocked as refusal:
                self.message_user(request, str(refusal), messages.ERROR)
            else:
                self.message_user(request, words["done"], messages.SUCCESS)
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            **question_facts(question),
            **words,
            **find(question),
            "question": question,
            "crumbs": [
                (gettext("Questions"), reverse("admin:questions_question_changelist")),
                (question.external_id, back),
            ],
            "back": back,
        }
        return TemplateResponse(request, "questions/admin/step.html", context)
