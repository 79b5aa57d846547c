"""Banks, skills and tags."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from questions import operations, queries
from questions.models import QuestionBank, QuestionTag, Skill
from questions.registries import bank_links
from shell.admin import ReadOnlyModelAdmin, ShellModelAdmin


class _SlugOnce(ShellModelAdmin):
    """The short name is an address: it is chosen once."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("slug",) if obj is not None else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj is not None or not self.has_add_permission(request) else {"slug": ("name",)}

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.instance


@admin.register(QuestionBank)
class QuestionBankAdmin(_SlugOnce):
    list_display = ("name", "questions_all", "questions_ready", "created_at")
    search_fields = ("name", "slug")
    search_help_text = _("Name or short name")
    ordering = ("name", "pk")
    list_file = "questions:banks-file"
    fields = ("name", "slug", "description", "second_reviewer", "rests_after")
    change_form_before_template = "questions/admin/bank_before.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        if (bank := kwargs.get("obj")) is not None:
            context["bank_links"] = bank_links(bank, self.actor(request))
        return super().render_change_form(request, context, *args, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        fixed = super().get_readonly_fields(request, obj)
        return fixed if self.actor(request).has_role(Role.ADMINISTRATOR) else (*fixed, "second_reviewer")

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionBank]:
        return queries.banks_with_counts(super().get_queryset(request))

    @admin.display(description=_("questions"), ordering="questions_all")
    def questions_all(self, bank: Any) -> int:
        return bank.questions_all

    @admin.display(description=_("ready"), ordering="questions_ready")
    def questions_ready(self, bank: Any) -> int:
        return bank.questions_ready

    def save_model(self, request: HttpRequest, obj: QuestionBank, form: Any, change: bool) -> None:
        by, now, data = self.actor(request), timezone.now(), form.cleaned_data
        words = {"name": data["name"], "description": data["description"]}
        if change:
            bank = operations.update_bank(bank=obj, **words, by=by, now=now)
        else:
            bank = operations.create_bank(slug=data["slug"], **words, by=by, now=now)
            obj.pk = bank.pk
        operations.set_bank_cap(bank=bank, times=data["rests_after"], by=by, now=now)
        if "second_reviewer" in data:
            operations.set_second_reviewer(bank=bank, on=data["second_reviewer"], by=by, now=now)


@admin.register(Skill)
class SkillAdmin(_SlugOnce):
    list_display = ("name", "slug", "question_count")
    search_fields = ("name", "slug")
    search_help_text = _("Name or short name")
    ordering = ("name", "pk")
    fields = ("name", "slug", "description")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Skill]:
        return super().get_queryset(request).annotate(question_count=Count("questions"))

    @admin.display(description=_("questions"), ordering="question_count")
    def question_count(self, skill: Any) -> int:
        return skill.question_count

    def save_model(self, request: HttpRequest, obj: Skill, form: Any, change: bool) -> None:
        data = form.cleaned_data
        slug = obj.slug if change else data["slug"]
        skill = operations.save_skill(
            slug=slug,
            name=data["name"],
            description=data["description"],
            by=self.actor(request),
            now=timezone.now(),
        )
        obj.pk = skill.pk


@admin.register(QuestionTag)
class QuestionTagAdmin(ReadOnlyModelAdmin):
    """Tags come with questions; this list finds what carries one."""

    list_display = ("name", "question_count")
    search_fields = ("name",)
    ordering = ("name", "pk")
    fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[QuestionTag]:
        return super().get_queryset(request).annotate(question_count=Count("questions"))

    @admin.display(description=_("questions"), ordering="question_count")
    def question_count(self, tag: Any) -> int:
        return tag.question_count
