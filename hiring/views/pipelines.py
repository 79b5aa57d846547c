"""Pipelines that new jobs begin with, and jobs that begin as a copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from accounts.enums import Role
from hiring import operations
from hiring.enums import Capability
from hiring.forms import CopyJobForm, PipelineForm, StageFormSet, kept_forms, stage_initial
from hiring.models import PipelineTemplate, StageBase
from hiring.rules import default_stages
from hiring.views.bases import HiringPage, JobPage, add_errors

LIST = "admin:hiring_pipelinetemplate_changelist"


class PipelineView(HiringPage, TemplateView):
    """A pipeline: its name and stages. Without one in the address, a new one, which begins with the usual stages."""

    template_name = "hiring/pipeline.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not self.actor.has_role(Role.RECRUITER, Role.ADMINISTRATOR):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def pipeline(self) -> PipelineTemplate | None:
        """The one of the address."""
        if "pk" not in self.kwargs:
            return None
        rows = PipelineTemplate.objects.all().visible_to(self.actor)
        found: PipelineTemplate = get_object_or_404(rows, pk=self.kwargs["pk"])
        return found

    def get_title(self) -> str:
        return self.pipeline.name if self.pipeline else _("A new pipeline")

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Pipelines"), reverse(LIST))]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show(self._form(), self._formset())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form, formset = self._form(request.POST), self._formset(request.POST)
        # Both are asked, so that everything that is wrong is told at once.
        if not all([form.is_valid(), formset.is_valid()]):
            return self._show(form, formset)
        try:
            saved = operations.save_pipeline_template(
                template=self.pipeline,
                name=form.cleaned_data["name"],
                is_active=form.cleaned_data["is_active"],
                stages=[stage.draft() for stage in kept_forms(formset)],
                by=self.actor,
                now=self.now,
            )
        except ValidationError as error:
            add_errors(form, error)
            return self._show(form, formset)
        messages.success(request, _("The pipeline “%s” is saved. Jobs that began with it stay.") % saved.name)
        return HttpResponseRedirect(reverse(LIST))

    def _form(self, data: Any = None) -> PipelineForm:
        pipeline = self.pipeline
        initial = {"name": pipeline.name, "is_active": pipeline.is_active} if pipeline else {}
        return PipelineForm(data, initial=initial)

    def _formset(self, data: Any = None) -> Any:
        stages: list[StageBase] = []
        if self.pipeline is not None:
            stages = list(self.pipeline.stages.order_by("position", "pk"))
        initial = [stage_initial(stage) for stage in stages]
        if self.pipeline is None:
            initial = [
                {"name": draft.name, "kind": draft.kind, "target_days": draft.target_days}
                for draft in default_stages()
            ]
        return StageFormSet(data, initial=initial, form_kwargs={"actor": self.actor}, prefix="stages")

    def _show(self, form: PipelineForm, formset: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form, formset=formset))


class SaveAsPipelineView(JobPage, FormView):
    """Save the stages of a job for other jobs to begin with."""

    needs = Capability.CHANGE_JOB
    template_name = "hiring/pipeline_from_job.html"
    form_class = PipelineForm

    def get_title(self) -> str:
        return _("Save these stages as a pipeline")

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.job.title}

    def form_valid(self, form: PipelineForm) -> HttpResponse:
        try:
            saved = operations.template_from_job(
                job=self.job, name=form.cleaned_data["name"], by=self.actor, now=self.now
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        words = _("New jobs can begin with the pipeline “%s” now.")
        messages.success(self.request, words % saved.name)
        return HttpResponseRedirect(self.job_url)


class CopyJobView(JobPage, FormView):
    """Make a job that is set up as this one is, without its people."""

    needs = Capability.CHANGE_JOB
    template_name = "hiring/job_copy.html"
    form_class = CopyJobForm

    def get_title(self) -> str:
        return _("Copy this job")

    def get_initial(self) -> dict[str, Any]:
        return {"title": self.job.title}

    def form_valid(self, form: CopyJobForm) -> HttpResponse:
        try:
            copied = operations.copy_job(
                job=self.job, title=form.cleaned_data["title"], by=self.actor, now=self.now
            )
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        messages.success(
            self.request, _("The job “%s” is a draft. Look it over, then open it.") % copied.job.title
        )
        for name in copied.left_out:
            words = _("“%s” is not in use any more and was left out. Look over the stages.")
            messages.warning(self.request, words % name)
        return HttpResponseRedirect(reverse("hiring:job-settings", args=[copied.job.slug]))
