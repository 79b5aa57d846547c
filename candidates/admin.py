"""The list and the form of people. Everything around a person is on their page in hiring."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from candidates import operations, queries
from candidates.forms import CandidateForm
from candidates.models import Candidate, Tag
from candidates.queries.words import findings, found_by
from shell.admin import LongListPaginator, ShellModelAdmin
from shell.templatetags.shell import in_parts

# The codes of whom somebody has looked at, in one field.
LONGEST_LIST = 200


@admin.register(Candidate)
class CandidateAdmin(ShellModelAdmin):
    # Managers and interviewers find the people of their jobs here.
    everyone_may_view = True
    form = CandidateForm
    list_display = ("full_name", "address", "tag_list", "created_at")
    list_display_links = ("full_name",)
    list_filter = ("tags",)
    search_fields = ("full_name",)
    search_help_text = _("Name, email address, phone, or words of a note or document")
    searches_words = True
    ordering = ("-created_at", "-pk")
    autocomplete_fields = ("tags",)
    paginator = LongListPaginator
    actions = ("change_tags",)
    fieldsets = (
        (None, {"fields": ("full_name", "emails", "phone", "links")}),
        (_("What helps to find and reach them"), {"fields": ("tags", "time_zone", "language")}),
    )
    change_form_outer_before_template = "candidates/admin/person_links.html"
    change_form_before_template = "candidates/admin/person_twins.html"
    list_before_template = "candidates/admin/list_lines.html"
    list_file = "hiring:everybody-file"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Candidate]:
        people = super().get_queryset(request).present()  # type: ignore[attr-defined]
        return queries.with_main_address(people).prefetch_related("tags")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Candidate], search_term: str
    ) -> tuple[QuerySet[Candidate], bool]:
        if not search_term.strip():
            return queryset, False
        found = found_by("pk", search_term, self.actor(request), walked=True)
        return queryset.filter(found), False

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        return actions if request.user.has_perm("candidates.change_candidate") else {}

    @admin.action(description=_("Change tags…"))
    def change_tags(self, request: HttpRequest, queryset: QuerySet[Candidate]) -> HttpResponse:
        """Lead to the page that shows who they are and asks which words."""
        ids = queryset.order_by("pk").values_list("public_id", flat=True)
        return redirect(f"{reverse('hiring:people-tags')}?ids={','.join(ids[: self.list_per_page])}")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return (*self.list_display, "found_in") if request.GET.get(SEARCH_VAR) else self.list_display

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changes = super().get_changelist_instance(request)
        if changes.query:
            found = findings([row.pk for row in changes.result_list], changes.query, self.actor(request))
            for row in changes.result_list:
                row.found = found.get(row.pk)
        return changes

    @admin.display(description=_("found in"))
    def found_in(self, candidate: Any) -> str:
        return str(getattr(candidate, "found", None) or _("Name or address"))

    @admin.display(description=_("email address"), ordering="main_address")
    def address(self, candidate: Candidate) -> str:
        return in_parts(getattr(candidate, "main_address", None) or "–")

    @admin.display(description=_("tags"))
    def tag_list(self, candidate: Candidate) -> str:
        return ", ".join(sorted(tag.name for tag in candidate.tags.all())) or "–"

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Any]]:
        form_class = super().get_form(request, obj, change=change, **kwargs)
        if obj is not None:
            return form_class
        passed_over = frozenset(request.POST.get("_as_new", "")[:LONGEST_LIST].split(","))
        return type(
            form_class.__name__,
            (form_class,),
            {"asker": self.actor(request), "passed_over": passed_over},
        )

    def get_fieldsets(self, request: HttpRequest, obj: Candidate | None = None) -> Any:
        if self.has_change_permission(request, obj):
            return self.fieldsets
        return ((None, {"fields": ("full_name", "address", "phone", "tag_list", "time_zone", "language")}),)

    def get_readonly_fields(self, request: HttpRequest, obj: Candidate | None = None) -> tuple[str, ...]:
        return () if self.has_change_permission(request, obj) else ("address", "tag_list")

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Candidate:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Candidate, form: Any, change: bool) -> None:
        by, now, data = self.actor(request), timezone.now(), form.cleaned_data
        words = {name: data[name] for name in ("full_name", "phone", "time_zone", "language")}
        if change:
            candidate = Candidate.objects.get(pk=obj.pk)
        else:
            candidate, is_new = operations.find_or_add_candidate(
                email=data["emails"][0], **words, by=by, now=now
            )
            if not is_new:
                raise ValidationError({"emails": gettext("A person with this address is here already.")})
            obj.pk = candidate.pk
        operations.update_candidate(
            candidate=candidate, emails=data["emails"], links=data["links"], **words, by=by, now=now
        )
        operations.set_tags(candidate=candidate, names=[tag.name for tag in data["tags"]], by=by, now=now)

    def response_post_save_change(self, request: HttpRequest, obj: Candidate) -> HttpResponse:
        return redirect(queries.person_address(obj))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        candidate = kwargs.get("obj")
        if candidate is not None:
            context["person_address"] = queries.person_address(candidate)
            context["may_erase"] = self.actor(request).has_role(Role.ADMINISTRATOR)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:candidate_id>/erase/",
            self.admin_site.admin_view(self.erase),
            name="candidates_candidate_erase",
        )
        return [own, *super().get_urls()]

    def erase(self, request: HttpRequest, candidate_id: int) -> HttpResponse:
        """Ask once, then forget a person for good. For administrators."""
        actor = self.actor(request)
        if not actor.has_role(Role.ADMINISTRATOR):
            raise PermissionDenied
        candidate = self.get_object(request, str(candidate_id))
        if candidate is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(candidate_id))
        if request.method == "POST":
            operations.erase_person(candidate=candidate, by=actor, now=timezone.now())
            self.message_user(
                request, gettext("The person is forgotten. Counts stay as they were."), messages.SUCCESS
            )
            return redirect("admin:candidates_candidate_changelist")
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Erase %(name)s") % {"name": candidate.full_name},
            "crumbs": [
                (gettext("People"), reverse("admin:candidates_candidate_changelist")),
                (candidate.full_name, reverse("admin:candidates_candidate_change", args=[candidate.pk])),
            ],
            "candidate": candidate,
        }
        return TemplateResponse(request, "candidates/admin/erase.html", context)


@admin.register(Tag)
class TagAdmin(ShellModelAdmin):
    list_display = ("name", "people")
    search_fields = ("name",)
    search_help_text = _("Word")
    ordering = ("name", "pk")
    fields = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return super().get_queryset(request).annotate(people=Count("candidates"))

    @admin.display(description=_("people"), ordering="people")
    def people(self, tag: Tag) -> int:
        return tag.people  # type: ignore[attr-defined]

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        tag = operations.save_tag(
            tag=obj if change else None, name=form.cleaned_data["name"], by=self.actor(request)
        )
        obj.pk = tag.pk
