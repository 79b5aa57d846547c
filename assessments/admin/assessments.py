"""Tests: the list, and the form of the version that is being written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments import operations, queries
from assessments.forms import AssessmentForm
from assessments.models import Assessment
from assessments.queries.lists import status_of
from assessments.queries.regrading import regrades_of_test
from shell.admin import HelpLine, ShellModelAdmin
from shell.templatetags.shell import state_pill

# What is set about a version, by what it decides.
GROUPS = (
    (_("What candidates read first"), ("introduction",)),
    (_("Time"), ("minutes", ("opens_at", "closes_at"))),
    (_("Moving about"), ("navigation", ("question_seconds", "buffer_seconds"))),
    (_("Order"), (("shuffle_questions", "shuffle_options"),)),
    (_("Marking"), ("marking", "formula_scoring", ("pass_mark", "borderline_from"))),
    (_("Results"), (("candidate_sees", "valid_days"),)),
    (_("Retakes"), (("most_attempts", "retake_after_days"),)),
)


@admin.register(Assessment)
class AssessmentAdmin(ShellModelAdmin):
    everyone_may_view = True
    form = AssessmentForm
    help_line = HelpLine(
        "tests",
        "pass-mark-and-borderline",
        _("The pass mark is a decision about errors, in both directions."),
    )
    list_display = ("name", "status", "questions", "minutes", "pass_mark", "invited")
    search_fields = ("name", "slug")
    search_help_text = _("Name or short name")
    ordering = ("name", "pk")
    list_file = "assessments:tests-file"
    change_form_before_template = "assessments/admin/test_before.html"
    change_form_after_template = "assessments/admin/test_after.html"

    class Media:
        css = {"all": ("assessments/staff.css", "assessments/authoring.css")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assessment]:
        return queries.assessment_rows(super().get_queryset(request))

    @admin.display(description=_("status"))
    def status(self, assessment: Any) -> str:
        words, tone = status_of(assessment, has_draft=assessment.has_draft)
        return state_pill(words, tone=tone)

    @admin.display(description=_("questions"), ordering="question_total")
    def questions(self, assessment: Any) -> int | str:
        return assessment.question_total or "–"

    @admin.display(description=_("minutes"), ordering="current_version__minutes")
    def minutes(self, assessment: Assessment) -> int | str:
        return assessment.current_version.minutes if assessment.current_version else "–"

    @admin.display(description=_("pass mark"), ordering="current_version__pass_mark")
    def pass_mark(self, assessment: Assessment) -> str:
        version = assessment.current_version
        return gettext("%(number)s %%") % {"number": f"{version.pass_mark.normalize():f}"} if version else "–"

    @admin.display(description=_("invitations"), ordering="invitation_total")
    def invited(self, assessment: Any) -> int:
        return assessment.invitation_total or 0

    # --- Form ---

    def get_readonly_fields(self, request: HttpRequest, obj: Assessment | None = None) -> tuple[str, ...]:
        return ("slug",) if obj is not None else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Assessment | None = None) -> dict[str, Any]:
        return {} if obj is not None or not self.has_add_permission(request) else {"slug": ("name",)}

    def get_fieldsets(self, request: HttpRequest, obj: Assessment | None = None) -> Any:
        name = (None, {"fields": ("name", "slug", "reminder_days")})
        if obj is not None and (not self.has_change_permission(request, obj) or not _has_draft(request, obj)):
            return (name,)
        return (name, *((title, {"fields": fields}) for title, fields in GROUPS))

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Assessment:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Assessment, form: Any, change: bool) -> None:
        by, now, name = self.actor(request), timezone.now(), form.cleaned_data["name"]
        limits = form.limits()
        if not change:
            assessment = operations.create_assessment(
                slug=form.cleaned_data["slug"], name=name, by=by, now=now, **limits
            )
            obj.pk = assessment.pk
            operations.set_reminders(
                assessment=assessment, days=form.cleaned_data["reminder_days"], by=by, now=now
            )
            return
        operations.rename_assessment(assessment=obj, name=name, by=by, now=now)
        operations.set_reminders(assessment=obj, days=form.cleaned_data["reminder_days"], by=by, now=now)
        draft = queries.draft_of(obj)
        if draft is not None and limits:
            operations.update_draft(version=draft, by=by, now=now, **limits)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        assessment = kwargs.get("obj")
        if assessment is not None:
            context |= test_facts(assessment)
            context["regrades"] = regrades_of_test(assessment, self.actor(request))
        return super().render_change_form(request, context, *args, **kwargs)


def _has_draft(request: HttpRequest, assessment: Assessment) -> bool:
    """Ask once a request: the admin wants the fieldsets several times."""
    known: dict[int, bool] = request.__dict__.setdefault("_drafts", {})
    if assessment.pk not in known:
        known[assessment.pk] = queries.draft_of(assessment) is not None
    return known[assessment.pk]


def test_facts(assessment: Assessment) -> dict[str, Any]:
    """What stands below the form: the blueprints, the versions, what can be done next."""
    versions = list(queries.versions_of(assessment))
    draft = next((version for version in versions if version.published_at is None), None)
    current = next((version for version in versions if version.pk == assessment.current_version_id), None)
    words, tone = status_of(assessment, has_draft=draft is not None)
    changes = queries.changes_between(versions)
    return {
        "versions": [(version, changes[version.pk]) for version in versions],
        "facts": queries.version_facts(current) if current else [],
        "draft": draft,
        "current": current,
        "draft_blueprint": queries.blueprint(draft) if draft else None,
        "current_blueprint": queries.blueprint(current) if current else None,
        "status_words": words,
        "status_tone": tone,
    }
