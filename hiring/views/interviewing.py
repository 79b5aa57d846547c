"""Interviews: those that one holds, whom one sees for them, and who holds which. And what colleagues recommend."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from hiring import operations, queries
from hiring.enums import Capability, InterviewState, Verdict
from hiring.forms import AskInterviewForm, InterviewersForm, RecommendForm
from hiring.models import Application, Interview
from hiring.queries import careers
from hiring.rules.answers import NO, YES
from hiring.views.applications import ApplicationView
from hiring.views.bases import REFUSALS, ApplicationPage, HiringPage, add_errors
from shell.columns import page_links

PAGE_SIZE = 50


class InterviewsView(HiringPage, TemplateView):
    """Whom one interviews."""

    template_name = "hiring/interviews.html"

    def get_title(self) -> str:
        return _("People to interview")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(queries.my_interviews(self.actor), PAGE_SIZE).get_page(self.request.GET.get("page"))
        rows = [(row, InterviewState(row.state)) for row in page.object_list]
        return super().get_context_data(
            page=page,
            rows=rows,
            page_links=page_links(page, self.request.GET),
            takes_people=bool(rows) and queries.jobs_where(self.actor, Capability.EXPORT).exists(),
            **kwargs,
        )


class InterviewView(HiringPage, TemplateView):
    """What an interviewer sees of somebody: the name, where they stand, what they sent. No result, no note, no mail, no
    way to reach them.
    """

    template_name = "hiring/interview.html"
    kwargs: dict[str, Any]

    @cached_property
    def application(self) -> Application:
        """The application of the address, of those whom the actor interviews."""
        rows = queries.interviewed(self.actor).select_related("candidate", "job", "stage")
        application: Application = get_object_or_404(rows, public_id=self.kwargs["public_id"])
        return application

    def get_title(self) -> str:
        return str(self.application.candidate)

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("People to interview"), reverse("hiring:interviews"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.application
        mine = queries.my_interviews(self.actor).filter(application=application)
        return super().get_context_data(
            application=application,
            candidate=application.candidate,
            job=application.job,
            documents=queries.documents_of(
                application, self.actor, chosen=self.request.GET.get("document", "")
            ),
            interviews=[(row, InterviewState(row.state)) for row in mine],
            answers=careers.answers_of(application, self.actor, words={YES: _("Yes"), NO: _("No")}),
            **kwargs,
        )


class InterviewersView(ApplicationPage, TemplateView):
    """Who interviews somebody: for recruiters, because whoever interviews sees the person."""

    needs = Capability.DECIDE
    template_name = "hiring/interviewers.html"

    def get_title(self) -> str:
        return _("Who interviews %s") % self.application.candidate

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        job = self.application.job
        return [
            (job.title, reverse("hiring:job", args=[job.slug])),
            (self.application.candidate, self.application_url),
        ]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._show(AskInterviewForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("do") == "ask":
            return self._ask(AskInterviewForm(request.POST))
        word = request.POST.get("interview", "")
        rows = Interview.objects.filter(application=self.application).visible_to(self.actor)
        number = int(word) if word.isdecimal() and len(word) < 19 else 0
        interview = get_object_or_404(
            rows.select_related("application__job", "application__candidate"), pk=number
        )
        return self._choose(interview, self._form(interview, request.POST))

    def _ask(self, form: AskInterviewForm) -> HttpResponse:
        if form.is_valid():
            try:
                asked = operations.ask_for_interview(
                    application=self.application,
                    title=form.cleaned_data["title"],
                    by=self.actor,
                    now=self.now,
                )
            except ValidationError as error:
                add_errors(form, error)
            except REFUSALS as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(self.request, _("“%s” is asked for. Choose who holds it.") % asked.title)
                return HttpResponseRedirect(self.request.path)
        return self._show(form)

    def _choose(self, interview: Interview, form: InterviewersForm) -> HttpResponse:
        if form.is_valid():
            try:
                operations.set_interviewers(
                    interview=interview, users=list(form.cleaned_data["users"]), by=self.actor, now=self.now
                )
            except ValidationError as error:
                add_errors(form, error)
            except REFUSALS as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(self.request, _("Who holds “%s” is saved.") % interview.title)
                return HttpResponseRedirect(self.request.path)
        return self._show(AskInterviewForm(), (interview.pk, form))

    @cached_property
    def possible(self) -> Sequence[Any]:
        return queries.possible_interviewers(self.application)

    def _form(self, interview: Interview, data: Any = None, chosen: Sequence[int] = ()) -> InterviewersForm:
        prefix = f"interview-{interview.pk}"
        return InterviewersForm(data, initial={"users": chosen}, possible=self.possible, prefix=prefix)

    def _show(
        self, ask_form: AskInterviewForm, refused: tuple[int, InterviewersForm] | None = None
    ) -> HttpResponse:
        lines = []
        for line in queries.interviews_of(self.application, self.actor):
            form = self._form(line.interview, chosen=[user.pk for user in line.interviewers])
            if refused is not None and refused[0] == line.interview.pk:
                form = refused[1]
            lines.append((line, form))
        context = self.get_context_data(application=self.application, lines=lines, ask_form=ask_form)
        return self.render_to_response(context)


class RecommendView(ApplicationView):
    """Say whether to go on with somebody."""

    needs = Capability.RECOMMEND
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = RecommendForm(request.POST)
        if form.is_valid():
            try:
                operations.recommend(
                    application=self.application,
                    verdict=Verdict(form.cleaned_data["verdict"]),
                    comment=form.cleaned_data["comment"],
                    by=self.actor,
                    now=self.now,
                )
            except ValidationError as error:
                add_errors(form, error)
            except (*REFUSALS, PermissionDenied) as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("Your recommendation is saved."))
                return HttpResponseRedirect(self.application_url)
        return self.render_to_response(self.get_context_data(recommend_form=form))
