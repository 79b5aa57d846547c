"""Questions: the list, and the steps with a page of their own. Their form is in `questions.admin.editing`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from questions import operations, queries
from questions.admin.editing import QuestionEditing
from questions.admin.facts import question_facts
from questions.enums import Status
from questions.models import Question, QuestionBank
from questions.registries import starved_by
from shell.templatetags.shell import state_pill


class OpenReportsFilter(admin.SimpleListFilter):
    """Questions with which candidates found something wrong that nobody has looked at."""

    title = _("reports of candidates")
    parameter_name = "reports"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open reports"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Question]) -> QuerySet[Question]:
        return queryset.filter(usage__open_reports__gt=0) if self.value() == "open" else queryset


class BankFilter(admin.RelatedFieldListFilter):
    """The banks that whoever asks sees: Django's own filter would offer all there are."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        banks = QuestionBank.objects.visible_to(model_admin.actor(request)).order_by("name", "pk")
        return [(str(bank.pk), str(bank)) for bank in banks]


@admin.register(Question)
class QuestionAdmin(QuestionEditing):
    list_display = ("excerpt", "bank", "kind", "level", "intended_difficulty", "state", "shown", "reports")
    list_display_links = ("excerpt",)
    list_filter = (("bank", BankFilter), "kind", "level", "status", OpenReportsFilter, "skills")
    list_select_related = ("bank", "usage")
    search_fields = ("external_id",)
    search_help_text = _("Id, or words of the question, its options, explanation or tags")
    ordering = ("bank__name", "external_id", "pk")
    # --- List ---

    def get_queryset(self, request: HttpRequest) -> QuerySet[Question]:
        return queries.with_stem(super().get_queryset(request))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Question], search_term: str
    ) -> tuple[QuerySet[Question], bool]:
        found, many = super().get_search_results(request, queryset, search_term)
        if "\x00" not in search_term:
            found = found | queries.saying(queryset, search_term)
        return found, many

    @admin.display(description=_("question"), ordering="external_id")
    def excerpt(self, question: Any) -> str:
        return Truncator(queries.plain_stem(question.stem or "")).chars(90) or question.external_id

    @admin.display(description=_("status"), ordering="status")
    def state(self, question: Question) -> str:
        return state_pill(Status(question.status))

    @admin.display(description=_("times shown"), ordering="usage__shown")
    def shown(self, question: Question) -> int:
        return question.usage.shown if hasattr(question, "usage") else 0

    @admin.display(description=_("open reports"), ordering="usage__open_reports")
    def reports(self, question: Question) -> str:
        count = question.usage.open_reports if hasattr(question, "usage") else 0
        if not count:
            return "–"
        return state_pill(str(count), tone="attention")

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
