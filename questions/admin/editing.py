"""The form of a question: one screen to add it and to change it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from questions import operations, queries
from questions.admin.facts import question_facts
from questions.forms import ROWS, QuestionForm
from questions.models import Question
from shell.admin import HelpLine, ShellModelAdmin

OPTION_FIELDS = tuple(f"option_{number}" for number in range(1, ROWS + 1))


class QuestionEditing(ShellModelAdmin):
    """The form part of `QuestionAdmin`."""

    form = QuestionForm
    help_line = HelpLine(
        "questions",
        "writing-a-good-question",
        _("Ask for what the job needs, with one answer that an expert would defend."),
    )
    autocomplete_fields = ("bank", "skills", "tags")
    change_form_after_template = "questions/admin/question_after.html"
    fieldsets = (
        (None, {"fields": ("bank", "external_id", "kind", "level", "intended_difficulty", "skills", "tags")}),
        (_("What is asked"), {"fields": ("stem",)}),
        (_("Options"), {"fields": OPTION_FIELDS}),
        (_("Marking"), {"fields": ("marking", "explanation", "source", "reason")}),
        (
            _("For interviewers (open questions)"),
            {
                "fields": ("model_answer", "look_fors", "warning_signs", "follow_ups"),
                "classes": ("collapse",),
            },
        ),
    )

    class Media:
        css = {"all": ("questions/staff.css",)}

    def get_readonly_fields(self, request: HttpRequest, obj: Question | None = None) -> tuple[str, ...]:
        return ("bank", "external_id") if obj is not None else ()

    def get_fieldsets(self, request: HttpRequest, obj: Question | None = None) -> Any:
        if obj is not None and not self.has_change_permission(request, obj):
            names = ("bank", "external_id", "kind", "level", "intended_difficulty", "skills")
            return ((None, {"fields": names}),)
        return self.fieldsets

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Question:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Question, form: Any, change: bool) -> None:
        data, by, now = form.cleaned_data, self.actor(request), timezone.now()
        stem, options, key = form.drafts()
        common = {
            "kind": data["kind"],
            "level": data["level"],
            "intended_difficulty": data["intended_difficulty"],
            "skills": data["skills"],
            "tags": data["tags"],
            "stem": stem,
            "options": options,
            "key": key,
            "by": by,
            "now": now,
        }
        if change:
            operations.edit_question(question=obj, reason=data["reason"], **common)
            return
        added = operations.add_question(bank=data["bank"], external_id=data["external_id"], **common)
        obj.pk = added.pk

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        question = kwargs.get("obj")
        if question is not None:
            context |= question_facts(question)
            context["history"] = queries.history_of(question, self.actor(request))
            context["now"] = timezone.now()
            lost = context["adminform"].form.lost if hasattr(context["adminform"].form, "lost") else []
            if lost and request.method == "GET":
                said = [*lost, gettext("It can be read here, but not changed.")]
                self.message_user(request, " ".join(said), messages.WARNING)
        return super().render_change_form(request, context, *args, **kwargs)
