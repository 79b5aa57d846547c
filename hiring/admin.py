"""Lists of hiring in the admin, and what stands on the start page. Forms lead to hiring's own pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.db.models import Prefetch, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.enums import Role
from accounts.models import Actor
from assessments.rules import whole_percent
from candidates.queries.words import findings, found_by
from hiring import operations, queries
from hiring.enums import ApplicationStatus, Capability, JobStatus, TestOutcome
from hiring.forms import RejectionReasonForm
from hiring.models import Application, Job, PipelineTemplate, RejectionReason, TemplateStage
from hiring.queries.access import member_jobs
from hiring.queries.application_tests import RowTest, row_tests
from hiring.queries.rows import person_row
from hiring.templatetags.hiring import days
from rendering.moments import exact_time, iso_time, relative_time
from shell.admin import LongListPaginator, ShellModelAdmin
from shell.home import home_of
from shell.templatetags.shell import in_parts, state_pill


def _moment(value: Any) -> SafeString:
    now = timezone.now()
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        iso_time(value),
        exact_time(value),
        relative_time(value, now),
    )


@admin.register(Job)
class JobAdmin(ShellModelAdmin):
    """The list of jobs; a job itself has its own page."""

    everyone_may_view = True
    list_display = ("title", "status_pill", "people", "place", "opened")
    list_filter = ("status", "department")
    search_fields = ("title", "department", "location")
    search_help_text = gettext_lazy("Title, department or location")
    list_file = "hiring:jobs-file"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        return queries.jobs_with_counts(self.actor(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        # The query comes in the order in which people look: open jobs first.
        return ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.actor(request).has_role(Role.RECRUITER, Role.ADMINISTRATOR)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("hiring:new-job"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        job = self.get_object(request, object_id)
        if job is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        page = "hiring:board" if queries.shown_as_board(self.actor(request), [job]) else "hiring:job"
        return HttpResponseRedirect(reverse(page, args=[job.slug]))

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def status_pill(self, job: Job) -> SafeString | str:
        return state_pill(JobStatus(job.status))

    @admin.display(description=gettext_lazy("people"), ordering="active_count")
    def people(self, job: Any) -> str:
        if not job.is_counted:
            return "–"
        active = ngettext("%(count)d active", "%(count)d active", job.active_count) % {
            "count": job.active_count
        }
        if not job.hired_count:
            return active
        hired = ngettext("%(count)d hired", "%(count)d hired", job.hired_count) % {"count": job.hired_count}
        return f"{active}, {hired}"

    @admin.display(description=gettext_lazy("department and location"), ordering="department")
    def place(self, job: Job) -> str:
        return ", ".join(part for part in (job.department, job.location) if part) or "–"

    @admin.display(description=gettext_lazy("opened"), ordering="opened_at")
    def opened(self, job: Job) -> SafeString | str:
        return _moment(job.opened_at) if job.opened_at else "–"


class OutcomeFilter(admin.SimpleListFilter):
    """By what the latest test meant."""

    title = gettext_lazy("test result")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(TestOutcome.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.value()
        return queries.with_outcome(queryset, wanted) if wanted in TestOutcome.values else queryset


class JobFilter(admin.SimpleListFilter):
    """By job, of those the person sees."""

    title = gettext_lazy("job")
    parameter_name = "job"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        jobs = Job.objects.all().visible_to(model_admin.actor(request)).order_by("title", "pk")
        return list(jobs.values_list("slug", "title"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(job__slug=self.value()) if self.value() else queryset


@admin.register(Application)
class ApplicationAdmin(ShellModelAdmin):
    """The list of applications over all jobs; each has its own page."""

    everyone_may_view = True
    list_display = ("person", "job", "stage_and_status", "here_for", "test")
    list_filter = (JobFilter, "status", OutcomeFilter, "source")
    search_fields = ("candidate__full_name",)
    search_help_text = gettext_lazy("Name, email address, phone, or words of a note or document")
    searches_words = True
    list_file = "hiring:applications-file"
    paginator = LongListPaginator
    actions = ("write_letters", "change_tags")

    class Media:
        css = {"all": ("hiring/hiring.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        return queries.with_list_columns(super().get_queryset(request)).order_by("-applied_at", "-pk")

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("-applied_at", "-pk")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Application], search_term: str
    ) -> tuple[QuerySet[Application], bool]:
        if not search_term.strip():
            return queryset, False
        found = found_by("candidate", search_term, self.actor(request), walked=True)
        return queryset.filter(found), False

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        return (*self.list_display, "found_in") if request.GET.get(SEARCH_VAR) else self.list_display

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        changes = super().get_changelist_instance(request)
        ids = [row.pk for row in changes.result_list]
        tests = row_tests(ids, self.actor(request), now=timezone.now()) if ids else {}
        for row in changes.result_list:
            row.latest_test = tests.get(row.pk)
        if changes.query:
            people = [row.candidate_id for row in changes.result_list]
            found = findings(people, changes.query, self.actor(request))
            for row in changes.result_list:
                row.found = found.get(row.candidate_id)
        return changes

    @admin.display(description=gettext_lazy("found in"))
    def found_in(self, application: Any) -> str:
        return str(getattr(application, "found", None) or _("Name or address"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        # People are added on the page of the job that they apply for.
        return False

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        application = self.get_object(request, object_id)
        if application is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        address = reverse("hiring:application", args=[application.public_id])
        narrowed = request.GET.get("_changelist_filters", "")
        return HttpResponseRedirect(f"{address}?list=applications&{narrowed}".rstrip("&"))

    @admin.action(description=gettext_lazy("Write to the people chosen"), permissions=["mail"])
    def write_letters(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse:
        """Lead to the page where a letter is written and looked at before anything is sent."""
        chosen = queryset.order_by().values_list("public_id", flat=True)[: self.list_per_page]
        return HttpResponseRedirect(f"{reverse('hiring:write-anywhere')}?ids={','.join(chosen)}")

    def has_mail_permission(self, request: HttpRequest) -> bool:
        """Whether there is anybody the colleague writes to. Asked three times a page, and looked up once."""
        cached: bool | None = getattr(request, "_may_mail", None)
        if cached is None:
            cached = queries.jobs_where(self.actor(request), Capability.MAIL).exists()
            request._may_mail = cached  # type: ignore[attr-defined]
        return cached

    @admin.action(description=gettext_lazy("Change tags…"), permissions=["tag"])
    def change_tags(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse:
        """Lead to the page that shows whose applications they are and asks which words."""
        chosen = queryset.order_by("pk").values_list("candidate__public_id", flat=True)[: self.list_per_page]
        return HttpResponseRedirect(f"{reverse('hiring:people-tags')}?ids={','.join(chosen)}")

    def has_tag_permission(self, request: HttpRequest) -> bool:
        """Whether the colleague may change people at all."""
        return request.user.has_perm("candidates.change_candidate")

    @admin.display(description=gettext_lazy("name"), ordering="candidate__full_name")
    def person(self, application: Any) -> SafeString:
        return format_html(
            '<span class="person-cell">{}<small>{}</small></span>',
            application.candidate,
            in_parts(application.email or ""),
        )

    @admin.display(description=gettext_lazy("stage"), ordering="stage__position")
    def stage_and_status(self, application: Application) -> SafeString | str:
        if application.status == ApplicationStatus.ACTIVE:
            return application.stage.name
        return format_html("{} {}", application.stage.name, state_pill(ApplicationStatus(application.status)))

    @admin.display(description=gettext_lazy("here for"), ordering="-stage_entered_at")
    def here_for(self, application: Application) -> SafeString | str:
        row = person_row(application, now=timezone.now())
        return (
            format_html('<span class="late">{}, {}</span>', days(row.days), _("over target"))
            if row.is_late
            else days(row.days)
        )

    @admin.display(description=gettext_lazy("test"), ordering="percent")
    def test(self, application: Any) -> SafeString | str:
        latest: RowTest | None = application.latest_test
        if latest is None:
            return "–"
        if latest.outcome == TestOutcome.PENDING:
            return state_pill(latest.state)
        pill = state_pill(TestOutcome(latest.outcome))
        if latest.percent is None:
            return pill
        return format_html("{} % {}", whole_percent(latest.percent), pill)


@admin.register(RejectionReason)
class RejectionReasonAdmin(ShellModelAdmin):
    """Why applications are rejected, in words the organisation chose. Old ones are put out of use, never deleted."""

    list_display = ("name", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("Words of the reason")
    ordering = ("name", "pk")
    fields = ("name", "is_active")
    form = RejectionReasonForm

    def save_model(
        self, request: HttpRequest, obj: RejectionReason, form: ModelForm[Any], change: bool
    ) -> None:
        saved = operations.save_rejection_reason(
            reason=RejectionReason.objects.get(pk=obj.pk) if change else None,
            name=form.cleaned_data["name"],
            is_active=form.cleaned_data["is_active"],
            by=self.actor(request),
            now=timezone.now(),
        )
        obj.pk, obj.code = saved.pk, saved.code


@admin.register(PipelineTemplate)
class PipelineTemplateAdmin(ShellModelAdmin):
    """Stages that new jobs can begin with; each has its own page. Old ones are put out of use, never deleted."""

    list_display = ("name", "stage_names", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)
    search_help_text = gettext_lazy("Words of the name")
    ordering = ("name", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PipelineTemplate]:
        stages = TemplateStage.objects.order_by("position", "pk")
        return super().get_queryset(request).prefetch_related(Prefetch("stages", queryset=stages))

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("hiring:new-pipeline"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        pipeline = self.get_object(request, object_id)
        if pipeline is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return HttpResponseRedirect(reverse("hiring:pipeline", args=[pipeline.pk]))

    @admin.display(description=gettext_lazy("stages"))
    def stage_names(self, pipeline: PipelineTemplate) -> str:
        return ", ".join(stage.name for stage in pipeline.stages.all())


# --- The start page --------------------------------------------------------------------------------------------

_WAITING_URLS = {
    "answers": ("hiring:answers", ""),
    "mail": ("hiring:undelivered", ""),
    "expired": ("hiring:needs-you", ""),
    "approvals": ("hiring:approvals", ""),
    "questions": ("questions:review-queue", "?kind=for_me"),
    "sent_back": ("questions:review-queue", "?kind=sent_back"),
    "regrades": ("assessments:regrades", ""),
    "findings": ("questions:review-queue", "?weight=error"),
    "requests": ("assessments:requests", ""),
    "problems": ("assessments:problems", ""),
}


def start_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Put on the start page what waits for whoever signs in, their jobs and what they can begin with."""
    actor, now = Actor.of_user(request.user), timezone.now()  # type: ignore[arg-type]
    page = queries.start_page(actor, now=now)
    return context | {
        "first_day": queries.first_day(actor, home_of(request)),
        "title": _("Start"),
        "crumbs": [],
        "now": now,
        "page": page,
        "as_board": queries.shown_as_board(actor, [row.job for row in page.jobs]),
        "waiting": [(item, _waiting_url(item.code), _tone(item.code)) for item in page.waiting],
        "waiting_total": sum(item.count for item in page.waiting),
        "may_open_jobs": actor.has_role(Role.RECRUITER, Role.ADMINISTRATOR),
        "is_author": actor.has_role(Role.QUESTION_AUTHOR),
        "is_analyst": actor.has_role(Role.ANALYST),
        "sees_people": queries.sees_people(actor),
        # Asked where there is nothing else to show.
        "interviews": lambda: member_jobs(actor).exists() or queries.my_interviews(actor).exists(),
        "name": request.user.get_short_name(),  # type: ignore[union-attr]
        "shortcuts": _shortcuts(actor, page),
    }


def _shortcuts(actor: Actor, page: queries.StartPage) -> list[dict[str, Any]]:
    """What can be begun on a job, with the jobs where the person may. One query."""
    managed = set(queries.jobs_where(actor, Capability.ADD).values_list("pk", flat=True))
    jobs = [row.job for row in page.jobs if row.job.pk in managed][:12]
    verbs = (
        ("hiring:add", _("Add a person")),
        ("hiring:import", _("Import applicants")),
        ("hiring:job", _("Invite to a test")),
    )
    return [
        {"label": label, "jobs": [(job.title, reverse(name, args=[job.slug])) for job in jobs]}
        for name, label in verbs
        if jobs
    ]


def _waiting_url(code: str) -> str:
    name, query = _WAITING_URLS.get(code, ("hiring:waiting", ""))
    try:
        return reverse(name, args=[code] if name == "hiring:waiting" else None) + query
    except NoReverseMatch:
        return ""


def _tone(code: str) -> str:
    return {
        "mail": "bad",
        "borderline": "attention",
        "below": "attention",
        "void": "attention",
        "ageing": "attention",
        "expired": "attention",
        "requests": "attention",
        "problems": "attention",
        "findings": "attention",
    }.get(code, "")
