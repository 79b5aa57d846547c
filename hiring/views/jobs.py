"""A job: making it, its page with its people, its settings and stages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import FormView, TemplateView, View

from accounts.enums import Role
from accounts.models import User
from accounts.registries import may_see_field
from assessments.models import Assessment
from hiring import operations, queries
from hiring.enums import Capability, JobRole, JobStatus, StageKind
from hiring.forms import (
    JobDetailsForm,
    MembersForm,
    NewJobForm,
    PeopleGoToForm,
    StageFormSet,
    kept_forms,
    stage_initial,
)
from hiring.models import Job, JobMember, PipelineTemplate, Stage
from hiring.rules import StageDraft, default_stages
from hiring.views.bases import HiringPage, JobPage, add_errors, told


class NewJobView(HiringPage, FormView):
    """Open a job."""

    template_name = "hiring/job_new.html"
    form_class = NewJobForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not self.actor.has_role(Role.RECRUITER, Role.ADMINISTRATOR):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return _("Open a job")

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Jobs"), reverse("admin:hiring_job_changelist"))]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def form_valid(self, form: NewJobForm) -> HttpResponse:
        data = form.cleaned_data
        manager: User | None = data["hiring_manager"]
        try:
            job = operations.create_job(
                title=data["title"],
                department=data["department"],
                team=data["team"],
                location=data["location"],
                kind=data["kind"],
                description=data["description"],
                openings=data["openings"],
                members=[(manager, JobRole.HIRING_MANAGER)] if manager else [],
                stages=self._stages(data["pipeline"], data["assessment"], data["on_score"]),
                by=self.actor,
                now=self.now,
            )
            if "open" in self.request.POST:
                operations.open_job(job=job, by=self.actor, now=self.now)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        words = _("The job “%s” is open. Add people, or import them.")
        if "open" not in self.request.POST:
            words = _("The job “%s” is saved as a draft.")
        messages.success(self.request, words % job.title)
        return HttpResponseRedirect(reverse("hiring:job", args=[job.slug]))

    def _stages(
        self, pipeline: PipelineTemplate | None, assessment: Assessment | None, on_score: str
    ) -> list[StageDraft]:
        """The stages of the pipeline or the usual ones, with the test that was chosen where tests are taken."""
        drafts = list(default_stages())
        if pipeline is not None:
            usable = operations.stages_to_begin_with(pipeline)
            drafts = usable.stages
            self._tell_left_out(usable.left_out)
        return [
            replace(stage, assessment_id=assessment.pk, on_score=on_score)
            if assessment and stage.kind == StageKind.ASSESSMENT
            else stage
            for stage in drafts
        ]

    def _tell_left_out(self, names: Sequence[str]) -> None:
        for name in names:
            messages.warning(
                self.request, _("“%s” is not in use any more and was left out. Look over the stages.") % name
            )


class JobStatusView(JobPage, View):
    """Open or pause a job. Closing has its own page, which asks why and shows what happens to its people."""

    needs = Capability.CHANGE_JOB
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        if request.POST.get("status") == JobStatus.CLOSED:
            messages.info(request, _("Say why the job is closed. Nothing was changed yet."))
            return HttpResponseRedirect(reverse("hiring:close", args=[self.job.slug]))
        verbs = {
            JobStatus.OPEN: (operations.open_job, _("The job is open.")),
            JobStatus.PAUSED: (operations.pause_job, _("The job is paused. Those who are in it go on.")),
        }
        verb, words = verbs.get(request.POST.get("status", ""), (None, ""))  # type: ignore[call-overload]
        if verb is None:
            raise Http404
        if told(request, lambda: verb(job=self.job, by=self.actor, now=self.now)):
            messages.success(request, words)
        return HttpResponseRedirect(self.job_url)


class JobSettingsView(JobPage, TemplateView):
    """The words of a job and its people."""

    needs = Capability.CHANGE_JOB
    template_name = "hiring/job_settings.html"

    def get_title(self) -> str:
        return _("Settings of the job")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show(self._details(), self._members())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("part") == "members":
            return self._save_members()
        return self._save_details()

    def _save_details(self) -> HttpResponse:
        form = self._details(self.request.POST)
        if form.is_valid():
            try:
                operations.change_job(job=self.job, by=self.actor, now=self.now, **form.cleaned_data)
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(self.request, _("The job is saved."))
                return HttpResponseRedirect(self.job_url)
        return self._show(form, self._members())

    def _save_members(self) -> HttpResponse:
        form = self._members(self.request.POST)
        if form.is_valid():
            try:
                operations.set_members(job=self.job, members=form.members(), by=self.actor, now=self.now)
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(self.request, _("The people of the job are saved."))
                # Whoever took themselves off the job cannot go back to its page.
                seen = Job.objects.filter(pk=self.job.pk).visible_to(self.actor).exists()
                return HttpResponseRedirect(self.job_url if seen else reverse("admin:index"))
        return self._show(self._details(), form)

    def _details(self, data: Any = None) -> JobDetailsForm:
        sees_pay = may_see_field(Job._meta.label, "salary", self.actor, self.job)
        initial = {name: getattr(self.job, name) for name in JobDetailsForm.base_fields}
        return JobDetailsForm(data, initial=initial, sees_pay=sees_pay)

    def _members(self, data: Any = None) -> MembersForm:
        chosen: dict[str, list[int]] = {}
        for role, user in (
            JobMember.objects.filter(job=self.job).values_list("role", "user_id").order_by("pk")
        ):
            chosen.setdefault(role, []).append(user)
        return MembersForm(data, initial=chosen, actor=self.actor)

    def _show(self, details: JobDetailsForm, members: MembersForm) -> HttpResponse:
        context = self.get_context_data(details=details, members=members)
        return self.render_to_response(context)


class StagesView(JobPage, TemplateView):
    """The stages of a job: names, order, target days, tests and what a score does."""

    needs = Capability.CHANGE_JOB
    template_name = "hiring/job_stages.html"

    def get_title(self) -> str:
        return _("Stages of the job")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show(self._formset())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        formset = self._formset(request.POST)
        if not formset.is_valid():
            return self._show(formset)
        kept = kept_forms(formset)
        go_to = self._go_to(kept)
        before = {stage.pk: stage for stage in queries.current_stages(self.job.pk)}
        try:
            saved = operations.save_stages(
                job=self.job,
                stages=[form.draft() for form in kept],
                people_go_to=go_to.places() if go_to.is_valid() else {},
                by=self.actor,
                now=self.now,
            )
        except ValidationError as error:
            return self._show(formset, go_to, error)
        messages.success(request, _("The stages are saved. Their rules apply from now on."))
        if saved.work is not None:
            return HttpResponseRedirect(reverse("outbox:work", args=[saved.work.public_id]))
        passed_over = self._passed_over(before, saved.stages)
        if len(passed_over) == 1:
            return HttpResponseRedirect(f"{self.job_url}?stage={passed_over[0].pk}")
        return HttpResponseRedirect(self.job_url)

    def _passed_over(self, before: Mapping[int, Stage], stages: Sequence[Stage]) -> list[Stage]:
        """Say at which stages people stand who get nothing by the new rules, and return those."""
        changed = [stage for stage in stages if stage.pk in before and stage.asks_more_than(before[stage.pk])]
        people = queries.people_at([stage.pk for stage in changed]) if changed else {}
        found = [stage for stage in changed if stage.pk in people]
        for stage in found:
            words = ngettext(
                "%(count)d person stands at “%(stage)s” already and gets nothing by the new rules. "
                "Choose them in the list to invite them or write to them.",
                "%(count)d people stand at “%(stage)s” already and get nothing by the new rules. "
                "Choose them in the list to invite them or write to them.",
                people[stage.pk],
            )
            messages.warning(self.request, words % {"count": people[stage.pk], "stage": stage.name})
        return found

    def _formset(self, data: Any = None) -> Any:
        initial = [stage_initial(stage) for stage in queries.current_stages(self.job.pk)]
        return StageFormSet(data, initial=initial, form_kwargs={"actor": self.actor}, prefix="stages")

    def _go_to(self, kept: Sequence[Any]) -> PeopleGoToForm:
        """Ask of every stage that is left out, and that has people, where they go."""
        pks = {form.cleaned_data["pk"] for form in kept}
        leaving = [stage for stage in queries.current_stages(self.job.pk) if stage.pk not in pks]
        people = queries.people_at([stage.pk for stage in leaving])
        return PeopleGoToForm(
            self.request.POST,
            leaving=[(stage, people[stage.pk]) for stage in leaving if stage.pk in people],
            names=[form.cleaned_data["name"] for form in kept],
        )

    def _show(
        self, formset: Any, go_to: PeopleGoToForm | None = None, error: ValidationError | None = None
    ) -> HttpResponse:
        context = self.get_context_data(
            formset=formset, go_to=go_to, problems=error.messages if error else []
        )
        return self.render_to_response(context)
