"""Approvals: asking for one, taking that back, and deciding about those that wait for one's word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from hiring import operations, queries
from hiring.enums import ApprovalState, Capability
from hiring.forms import AskApprovalForm, DecideApprovalForm
from hiring.models import Application, Approval, Stage
from hiring.views.bases import REFUSALS, ApplicationPage, HiringPage, add_errors, told
from hiring.views.deciding import address_after
from shell.columns import page_links

# As many are decided at once: each in a transaction of its own, while somebody waits for the page.
PAGE_SIZE = 25


class ApprovalsView(HiringPage, TemplateView):
    """Whoever waits for the actor's approval, longest first. Those who approve for no job find nobody."""

    template_name = "hiring/approvals.html"

    def get_title(self) -> str:
        return _("Waiting for your approval")

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Start"), reverse("admin:index"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(queries.waiting_approvals(self.actor), PAGE_SIZE).get_page(
            self.request.GET.get("page")
        )
        return super().get_context_data(
            **{
                "page": page,
                "rows": queries.approval_rows(page.object_list, self.actor, now=self.now),
                "page_links": page_links(page, self.request.GET),
                "form": DecideApprovalForm(),
                "chosen": frozenset(),
                "undoable": list(queries.approved_just_now(self.actor, now=self.now)[:PAGE_SIZE]),
                **kwargs,
            }
        )


class DecideApprovalsView(ApprovalsView):
    """Approve or decline those that were chosen: one from the page of an application, or some of the list."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = DecideApprovalForm(request.POST)
        one = request.POST.get("approve_one", "")
        codes = [one] if one else request.POST.getlist("approval")[:PAGE_SIZE]
        wanted = frozenset(int(code) for code in codes if code.isdecimal() and len(code) < 19)
        chosen = list(queries.waiting_approvals(self.actor).filter(pk__in=wanted))
        approves = bool(one) or request.POST.get("do") == "approve"
        if not approves and request.POST.get("do") != "decline":
            raise Http404
        if form.is_valid():
            if not wanted:
                form.add_error(None, _("Choose at least one person."))
            elif not chosen:
                form.add_error(None, _("Nobody of those waits for your approval any more. Look again."))
            elif not approves and not form.cleaned_data["comment"]:
                form.add_error("comment", _("Say why, so that whoever asked knows what to do next."))
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form, chosen=wanted))
        comment = form.cleaned_data["comment"]
        done: list[tuple[Application, Any]] = []
        for approval in chosen:
            # One that is refused keeps no other from it.
            decided = told(request, partial(self._decide, approval, approves, comment))
            if decided is not None:
                done.append((approval.application, decided))
        self._say(done, approves=approves)
        return HttpResponseRedirect(self._next(done, approves=approves))

    def _decide(self, approval: Approval, approves: bool, comment: str) -> Any:
        if approves:
            return operations.approve(approval=approval, comment=comment, by=self.actor, now=self.now)
        return operations.decline(approval=approval, comment=comment, by=self.actor, now=self.now)

    def _say(self, done: Sequence[tuple[Application, Any]], *, approves: bool) -> None:
        if len(done) == 1 and approves:
            words = _("Approved: %(person)s is at “%(stage)s” now.")
            moved = done[0][1]
            messages.success(self.request, words % {"person": moved.candidate, "stage": moved.stage.name})
        elif approves and done:
            words = ngettext("%(count)d person is approved.", "%(count)d people are approved.", len(done))
            messages.success(self.request, words % {"count": len(done)})
        elif done:
            words = ngettext(
                "Declined for %(count)d person, who stays where they are.",
                "Declined for %(count)d people, who stay where they are.",
                len(done),
            )
            messages.success(self.request, words % {"count": len(done)})

    def _next(self, done: Sequence[tuple[Application, Any]], *, approves: bool) -> str:
        """The page it was decided on; that of an application offers to undo it."""
        code = self.request.POST.get("from", "")
        seen = (
            Application.objects.all().visible_to(self.actor).filter(public_id=code).first() if code else None
        )
        if seen is None:
            return reverse("hiring:approvals")
        if approves and len(done) == 1:
            before, moved = done[0]
            return address_after(before, moved)
        return reverse("hiring:application", args=[seen.public_id])


class UndoApprovalsView(HiringPage, View):
    """Take back what one approved on the list some seconds ago: those people go back, and wait for the word again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        codes = request.POST.getlist("approval")[:PAGE_SIZE]
        wanted = [int(code) for code in codes if code.isdecimal() and len(code) < 19]
        given = Approval.objects.filter(
            pk__in=wanted, decided_by=self.actor.user, state=ApprovalState.APPROVED, asked_at__isnull=False
        )
        rows = given.visible_to(self.actor).select_related("application").order_by("asked_at", "pk")
        undone = [row for row in rows if told(request, partial(self._undo, row))]
        if undone:
            words = ngettext(
                "Undone: %(count)d person waits for your approval again.",
                "Undone: %(count)d people wait for your approval again.",
                len(undone),
            )
            messages.success(request, words % {"count": len(undone)})
        return HttpResponseRedirect(reverse("hiring:approvals"))

    def _undo(self, approval: Approval) -> Application:
        return operations.undo_last(
            application=approval.application,
            number=approval.transition_number or 0,
            by=self.actor,
            now=self.now,
        )


class AskApprovalView(ApplicationPage, TemplateView):
    """Ask for the approval that a stage needs, with a note for those who give it."""

    needs = Capability.MOVE
    template_name = "hiring/ask_approval.html"

    def get_title(self) -> str:
        return _("Ask for approval")

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [
            (_("Jobs"), reverse("admin:hiring_job_changelist")),
            (self.application.job.title, reverse("hiring:job", args=[self.application.job.slug])),
            (str(self.application.candidate), self.application_url),
        ]

    @cached_property
    def stage(self) -> Stage:
        """Where the person is to come: the next stage that needs an approval, where none is named. 404 for no such."""
        code = self.request.POST.get("stage") or self.request.GET.get("stage", "")
        if code and (not code.isdecimal() or len(code) > 18):
            raise Http404
        stages = Stage.objects.filter(job=self.application.job, retired_at=None, needs_approval=True)
        if code:
            stages = stages.filter(pk=int(code))
        else:
            stages = stages.filter(position__gt=self.application.stage.position).order_by("position")
        found = stages.first()
        if found is None:
            raise Http404
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.application
        asked = (self.actor.user.pk if self.actor.user else None, application.referred_by_id)
        initial = {"version": self.request.GET.get("version") or application.version}
        return super().get_context_data(
            **{
                "application": application,
                "stage": self.stage,
                "approvers": list(queries.approvers(application.job, self.actor, without=asked)),
                "form": AskApprovalForm(initial=initial),
                "back": self.application_url,
                **kwargs,
            }
        )

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        form = AskApprovalForm(request.POST)
        if form.is_valid():
            try:
                operations.ask_approval(
                    application=self.application,
                    to_stage=self.stage,
                    seen_version=form.cleaned_data["version"],
                    note=form.cleaned_data["note"],
                    by=self.actor,
                    now=self.now,
                )
            except ValidationError as error:
                add_errors(form, error)
            except REFUSALS as refusal:
                form.add_error(None, str(refusal))
            else:
                words = _("Asked: %(person)s comes to “%(stage)s” once it is approved.")
                facts = {"person": self.application.candidate, "stage": self.stage.name}
                messages.success(request, words % facts)
                return HttpResponseRedirect(self.application_url)
        return self.render_to_response(self.get_context_data(form=form))


class WithdrawApprovalView(ApplicationPage, View):
    """Take back the question for an approval that waits. By POST alone."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str, pk: int) -> HttpResponse:
        rows = Approval.objects.filter(application=self.application).visible_to(self.actor)
        approval = get_object_or_404(rows, pk=pk)
        asked_by_me = self.actor.user is not None and approval.asked_by_id == self.actor.user.pk
        if Capability.MOVE not in self.rights and not asked_by_me:
            raise Http404
        withdrawn = told(
            request,
            lambda: operations.withdraw_approval(approval=approval, by=self.actor, now=self.now),
        )
        if withdrawn:
            messages.success(request, _("The question is taken back. Nobody is asked any more."))
        return HttpResponseRedirect(self.application_url)


def ask_address(application: Application, stage: Stage, version: int) -> str:
    """Return where one asks for the approval of a move that was refused, with the version that was seen."""
    address = reverse("hiring:ask-approval", args=[application.public_id])
    return f"{address}?stage={stage.pk}&version={version}"
