"""The page of an application, and what is decided there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from accounts.registries import unveiled
from accounts.rules import is_code
from assessments.enums import InvitationState
from candidates.operations import add_note, set_tags
from candidates.queries import addresses_of, links_of
from candidates.queries.duplicates import duplicates_of, may_merge
from hiring import operations, queries
from hiring.enums import ApplicationStatus, Capability, JobStatus, Source
from hiring.forms import (
    DecideApprovalForm,
    DocumentForm,
    NoteForm,
    RecommendForm,
    StageMoveForm,
    StatusForm,
    TagsForm,
)
from hiring.models import Application, ApplicationAssessment, Stage, StageAction
from hiring.queries import careers
from hiring.queries.application_tests import RowTest
from hiring.queries.rows import person_row, person_rows
from hiring.rules import STATUS_EDGES
from hiring.rules.answers import NO, YES
from hiring.views.approvals import ask_address
from hiring.views.bases import ApplicationPage, add_errors, rights_context, told
from hiring.views.deciding import address_after
from hiring.views.timeline import part_of, timeline
from hiring.views.turning import place_of
from outbox.enums import MessageState
from outbox.models import Message
from shell.turning import Place

NOT_STARTED = (InvitationState.WAITING, InvitationState.INVITED)
# Reject has a page of its own, with reason and mail; hiring is a button of the last stage.
_PLAIN_STATUSES = (ApplicationStatus.ACTIVE, ApplicationStatus.ON_HOLD, ApplicationStatus.WITHDRAWN)


class ApplicationView(ApplicationPage, TemplateView):
    """One person's way through one job: what happened on the left, the facts on the right, what comes next above."""

    template_name = "hiring/application.html"

    def get_title(self) -> str:
        return str(self.application.candidate)

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        job = self.application.job
        return [
            (_("Jobs"), reverse("admin:hiring_job_changelist")),
            (self.place.title, self.place.url)
            if self.place
            else (job.title, reverse("hiring:job", args=[job.slug])),
        ]

    @cached_property
    def place(self) -> Place | None:
        """Where it stands in the list that it was opened from."""
        return place_of(self.application, self.request, self.actor, now=self.now)

    @cached_property
    def stages(self) -> list[Stage]:
        return queries.current_stages(self.application.job_id)

    @cached_property
    def addresses(self) -> list[str]:
        return addresses_of(self.application.candidate)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application, candidate = self.application, self.application.candidate
        # Whoever sees an application sees its tests.
        links = unveiled(ApplicationAssessment.objects.filter(application=application), self.actor)
        tests = queries.application_tests(links, now=self.now)
        others = (
            Application.objects.filter(candidate=candidate).exclude(pk=application.pk).visible_to(self.actor)
        )
        can_go_on = not self.rights.isdisjoint((Capability.MOVE, Capability.DECIDE))
        row = person_row(application, RowTest.of(tests[0]) if tests else None, now=self.now)
        approvals = queries.approvals_of(application, self.actor)
        documents = queries.documents_of(application, self.actor, chosen=self.request.GET.get("document", ""))
        return super().get_context_data(
            **{
                "application": application,
                "undo": self._undo(),
                "sent": self._sent(),
                "place": self.place,
                "list_query": self.in_list(""),
                "candidate": candidate,
                "job": application.job,
                **rights_context(self.rights),
                "row": row,
                "status": ApplicationStatus(application.status),
                "is_live": application.status in ApplicationStatus.live,
                "source": Source(application.source).label,
                "timeline": timeline(
                    application,
                    self.actor,
                    tests=tests,
                    documents=documents,
                    approvals=approvals,
                    address=self.addresses[0] if self.addresses and Capability.MAIL in self.rights else "",
                    part=part_of(self.request.GET.get("story", "")),
                ),
                "waiting": queries.waiting_here(
                    application, self.actor, approvals, may_move=Capability.MOVE in self.rights
                ),
                "approval_form": DecideApprovalForm(),
                "stage_actions": queries.stage_actions_of(application, self.actor),
                "interviews": queries.interviews_of(application, self.actor),
                "recommendations": queries.recommendations_of(application, self.actor),
                "recommend_form": RecommendForm(),
                "form": StatusForm(),
                "fate": queries.InvitationsFate(
                    unstarted=sum(test.state in NOT_STARTED for test in tests),
                    running=sum(test.state == InvitationState.STARTED for test in tests),
                ),
                "addresses": self.addresses,
                "links": links_of(candidate),
                "duplicates": duplicates_of(candidate, self.actor, addresses=self.addresses),
                "may_merge": may_merge(self.actor),
                "tags": sorted(candidate.tags.values_list("name", flat=True), key=str.casefold),
                "others": person_rows(
                    queries.with_list_columns(others).order_by("-applied_at", "-pk"), self.actor, now=self.now
                ),
                "answers": careers.answers_of(application, self.actor, words={YES: _("Yes"), NO: _("No")}),
                "documents": documents,
                "documents_form": DocumentForm(),
                "note_form": self._note_form(),
                "tags_form": TagsForm(),
                **(self._next_steps() if can_go_on else {}),
                **kwargs,
            }
        )

    def _note_form(self, data: Any = None) -> NoteForm:
        colleagues = queries.colleagues_of(self.application)
        return NoteForm(
            data, colleagues=colleagues.exclude(pk__in=[self.actor.user.pk] if self.actor.user else [])
        )

    def _undo(self) -> queries.Undoable | None:
        number = self.request.GET.get("undo", "")
        decides = (Capability.MOVE, Capability.DECIDE, Capability.APPROVE)
        if self.rights.isdisjoint(decides) or not number:
            return None
        return queries.undoable(self.application, number, actor=self.actor, now=self.now)

    def _sent(self) -> Message | None:
        """The letter that was written just now, as long as it waits."""
        code = self.request.GET.get("sent", "")
        if Capability.MAIL not in self.rights or not is_code(code):
            return None
        waiting = Message.objects.filter(
            about="hiring.application", about_id=self.application.pk, state=MessageState.QUEUED
        )
        sent: Message | None = waiting.visible_to(self.actor).filter(public_id=code).first()
        return sent

    def _next_steps(self) -> dict[str, Any]:
        application = self.application
        later = [stage for stage in self.stages if stage.position > application.stage.position]
        edges = STATUS_EDGES[application.status]
        return {
            "next_stage": later[0] if later else None,
            "asks_first": queries.asks_first(self.actor, application, self.stages),
            "other_stages": [stage for stage in self.stages if stage.pk != application.stage_id],
            "may_hire": not later and "hired" in edges,
            "statuses": [status for status in _PLAIN_STATUSES if status.value in edges],
        }


class _Decision(ApplicationPage, View):
    """Something decided about an application, by POST alone."""

    needs = Capability.DECIDE
    http_method_names = ["post"]

    def done(self) -> HttpResponse:
        return HttpResponseRedirect(self.application_url)


class MoveStageView(_Decision):
    """Move to another stage. Hiring managers may where the job says so."""

    needs = Capability.MOVE

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        stages = Stage.objects.filter(job=self.application.job, retired_at=None)
        form = StageMoveForm(request.POST, stages=stages)
        if not form.is_valid():
            messages.error(request, _("Choose a stage of this job that is in use."))
            return self.done()
        stage, version = form.cleaned_data["stage"], form.cleaned_data["version"]
        if queries.asks_first(self.actor, self.application, [stage]):
            return HttpResponseRedirect(self.in_list(ask_address(self.application, stage, version)))
        moved = told(
            request,
            lambda: operations.move_to_stage(
                application=self.application,
                to_stage=stage,
                seen_version=version,
                by=self.actor,
                now=self.now,
            ),
        )
        if moved:
            words = _("%(person)s is at “%(stage)s” now.")
            messages.success(request, words % {"person": moved.candidate, "stage": moved.stage.name})
            return HttpResponseRedirect(self.in_list(address_after(self.application, moved)))
        return self.done()


class StatusView(_Decision):
    """Hold, withdraw, hire or restore. Rejecting has its own page, with reason and mail."""

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form = StatusForm(request.POST)
        if not form.is_valid() or form.cleaned_data["status"] == ApplicationStatus.REJECTED:
            messages.error(request, _("Choose one of the statuses offered."))
            return self.done()
        changed = told(
            request,
            lambda: operations.change_status(
                application=self.application,
                to_status=form.cleaned_data["status"],
                seen_version=form.cleaned_data["version"],
                comment=form.cleaned_data["comment"],
                by=self.actor,
                now=self.now,
            ),
        )
        if changed:
            if form.cleaned_data["withdraw_invitations"] and changed.status != ApplicationStatus.ACTIVE:
                operations.withdraw_open_invitations(applications=[changed], by=self.actor, now=self.now)
            words = _("%(person)s is “%(status)s” now.")
            messages.success(
                request, words % {"person": changed.candidate, "status": changed.get_status_display()}
            )
            self._say_what_followed(changed)
            return HttpResponseRedirect(self.in_list(address_after(self.application, changed)))
        return self.done()

    def _say_what_followed(self, changed: Application) -> None:
        before = self.application.status
        if before == ApplicationStatus.REJECTED and queries.cancelled_rejection_mail(changed, at=self.now):
            messages.info(self.request, _("The rejection mail that waited is cancelled."))
        if before == ApplicationStatus.HIRED:
            words = _("Their opening is free again.")
            if changed.job.status == JobStatus.CLOSED:
                words = _("Their opening is free again. The job stays closed until somebody opens it.")
            messages.info(self.request, words)


class StageActionView(_Decision):
    """Try again what a stage could not do, or say that the interview it asked for took place."""

    needs = Capability.MOVE

    def post(self, request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
        rows = StageAction.objects.filter(application=self.application).select_related(
            "interview__application"
        )
        action = get_object_or_404(rows, pk=pk)
        if request.POST.get("do") == "again":
            asked = told(
                request, lambda: operations.try_action_again(action=action, by=self.actor, now=self.now)
            )
            if asked:
                messages.success(request, _("It is tried again now."))
        elif request.POST.get("do") == "held" and action.interview is not None:
            interview = action.interview
            operations.finish_interview(interview=interview, by=self.actor, now=self.now)
            messages.success(request, _("The interview “%s” took place.") % interview.title)
        else:
            messages.error(request, _("Choose one of the buttons offered."))
        return self.done()


class NoteView(ApplicationView):
    """Write a note about the person."""

    needs = Capability.COMMENT
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self._note_form(request.POST)
        if form.is_valid():
            try:
                add_note(
                    candidate=self.application.candidate, by=self.actor, now=self.now, **form.cleaned_data
                )
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(request, _("The note is saved."))
                return HttpResponseRedirect(self.application_url)
        return self.render_to_response(self.get_context_data(note_form=form))


class TagsView(ApplicationView):
    """Set the tags of the person."""

    needs = Capability.ADD
    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TagsForm(request.POST)
        if form.is_valid():
            try:
                set_tags(
                    candidate=self.application.candidate, names=form.names(), by=self.actor, now=self.now
                )
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(request, _("The tags are saved."))
                return HttpResponseRedirect(self.application_url)
        return self.render_to_response(self.get_context_data(tags_form=form))
