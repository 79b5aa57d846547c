"""Closing a job: what happens to its people and invitations, and, once it is closed, what about those still in it."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from hiring import operations, queries
from hiring.enums import ApplicationStatus, Capability, ClosingReason, JobStatus
from hiring.forms import CloseForm, InvitationsFateForm
from hiring.models import Application
from hiring.queries import InvitationsFate
from hiring.views.bases import JobPage, add_errors


class CloseView(JobPage, TemplateView):
    """Close a job with a reason; of a closed one: keep the others, or go on to rejecting them."""

    needs = Capability.CHANGE_JOB
    template_name = "hiring/close.html"

    @property
    def is_closed(self) -> bool:
        return self.job.status == JobStatus.CLOSED

    def get_title(self) -> str:
        return _("What about the others?") if self.is_closed else _("Close the job")

    @cached_property
    def fate(self) -> InvitationsFate:
        return queries.invitations_fate_of_job(self.job, now=self.now)

    @cached_property
    def live(self) -> dict[str, int]:
        """How many people are still in the job, by status."""
        rows = Application.objects.filter(job=self.job).visible_to(self.actor)
        counts: dict[str, int] = rows.aggregate(
            active=Count("pk", filter=Q(status=ApplicationStatus.ACTIVE)),
            on_hold=Count("pk", filter=Q(status=ApplicationStatus.ON_HOLD)),
        )
        return counts

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_closed and not any(self.live.values()) and not self.fate.unstarted:
            messages.info(request, _("The job is closed, and nobody is in it any more."))
            return HttpResponseRedirect(self.job_url)
        return self._show(InvitationsFateForm() if self.is_closed else CloseForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._keep() if self.is_closed else self._close()

    def _close(self) -> HttpResponse:
        form = CloseForm(self.request.POST)
        if not form.is_valid():
            return self._show(form)
        try:
            operations.close_with_invitations(job=self.job, by=self.actor, now=self.now, **form.cleaned_data)
        except operations.HiringRefused as refusal:
            form.add_error(None, str(refusal))
            return self._show(form)
        except ValidationError as error:
            add_errors(form, error)
            return self._show(form)
        messages.success(self.request, _("The job is closed. Nobody was rejected by this."))
        self._say_withdrawn(form)
        return HttpResponseRedirect(self.request.path if any(self.live.values()) else self.job_url)

    def _keep(self) -> HttpResponse:
        form = InvitationsFateForm(self.request.POST)
        if form.is_valid() and form.cleaned_data["withdraw_invitations"]:
            operations.queue_withdrawals(job=self.job, by=self.actor, now=self.now)
            self._say_withdrawn(form)
        messages.success(self.request, _("Everybody stays as they are."))
        return HttpResponseRedirect(self.job_url)

    def _say_withdrawn(self, form: InvitationsFateForm) -> None:
        if form.cleaned_data["withdraw_invitations"] and self.fate.unstarted:
            messages.info(self.request, _("Open invitations that nobody has started are being withdrawn."))

    def _show(self, form: InvitationsFateForm) -> HttpResponse:
        context = self.get_context_data(
            form=form,
            is_closed=self.is_closed,
            was_filled=self.job.closing_reason == ClosingReason.FILLED,
            fate=self.fate,
            live=self.live,
            live_count=sum(self.live.values()),
            reject_url=reverse("hiring:reject", args=[self.job.slug]),
        )
        return self.render_to_response(context)
