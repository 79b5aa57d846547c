"""Changing chosen invitations: first who is affected and who is skipped and why, then the deed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from assessments import operations, queries
from assessments.enums import InvitationState
from assessments.forms import ExtendForm, ExtraTimeForm, WhyForm
from assessments.models import Attempt, Invitation
from shell.columns import way_back
from shell.views import ShellPage

MOST = 200
OPEN = {InvitationState.WAITING, InvitationState.INVITED, InvitationState.STARTED}
NOT_STARTED = {InvitationState.WAITING, InvitationState.INVITED, InvitationState.EXPIRED}


@dataclass(frozen=True)
class Change:
    """Something that can be done to invitations: where it applies, and its words."""

    states: frozenset[InvitationState]
    title: Any
    lead: Any
    button: Callable[[int], str]
    done: Callable[[int], str]
    # What has to be said besides.
    form: Callable[[Any, datetime], Form] | None = None


CHANGES = {
    "revoke": Change(
        states=frozenset(NOT_STARTED),
        title=gettext_lazy("Withdraw invitations"),
        lead=gettext_lazy("Their links stop working. Nobody is told by mail."),
        button=lambda count: ngettext("Withdraw %d invitation", "Withdraw %d invitations", count) % count,
        done=lambda count: (
            ngettext("%d invitation was withdrawn.", "%d invitations were withdrawn.", count) % count
        ),
    ),
    "resend": Change(
        states=frozenset(OPEN),
        title=gettext_lazy("Send invitations again"),
        lead=gettext_lazy("The same link goes out once more; a mail that failed is tried again."),
        button=lambda count: ngettext("Send %d invitation", "Send %d invitations", count) % count,
        done=lambda count: ngettext("%d mail is on its way.", "%d mails are on their way.", count) % count,
    ),
    "reissue": Change(
        states=frozenset(OPEN),
        title=gettext_lazy("Replace links"),
        lead=gettext_lazy("The old links stop working, and new ones are mailed."),
        button=lambda count: ngettext("Replace %d link", "Replace %d links", count) % count,
        done=lambda count: (
            ngettext("%d new link is on its way.", "%d new links are on their way.", count) % count
        ),
    ),
    "extend": Change(
        states=frozenset(OPEN | {InvitationState.EXPIRED}),
        form=lambda data, now: ExtendForm(data, now=now),
        title=gettext_lazy("Extend invitations"),
        lead=gettext_lazy("The tests may be started until a later moment. Nobody is told by mail."),
        button=lambda count: ngettext("Extend %d invitation", "Extend %d invitations", count) % count,
        done=lambda count: (
            ngettext("%d invitation was extended.", "%d invitations were extended.", count) % count
        ),
    ),
    "extra-time": Change(
        states=frozenset(NOT_STARTED),
        title=gettext_lazy("Give extra time"),
        lead=gettext_lazy(
            "Their page says how much time they have from now on. Whoever has started gets time in the attempt."
        ),
        button=lambda count: ngettext("Set it for %d invitation", "Set it for %d invitations", count) % count,
        done=lambda count: (
            ngettext("%d invitation has this extra time.", "%d invitations have this extra time.", count)
            % count
        ),
        form=lambda data, now: ExtraTimeForm(data),
    ),
    "void": Change(
        states=frozenset({InvitationState.STARTED, InvitationState.FINISHED}),
        title=gettext_lazy("Declare attempts void"),
        lead=gettext_lazy(
            "They count for nothing any more and stay to be read. This cannot be undone. Nobody is told by mail."
        ),
        button=lambda count: ngettext("Declare %d attempt void", "Declare %d attempts void", count) % count,
        done=lambda count: ngettext("%d attempt is void.", "%d attempts are void.", count) % count,
        form=lambda data, now: WhyForm(data),
    ),
}


class ChangeInvitationsView(ShellPage, TemplateView):
    """The page of one `Change` for the invitations named by `ids`, as far as the actor may see them."""

    template_name = "assessments/change_invitations.html"

    @cached_property
    def name(self) -> str:
        """Which change."""
        return str(self.kwargs["change"])

    @cached_property
    def change(self) -> Change:
        """What is to be done."""
        return CHANGES[self.name]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs["change"] not in CHANGES:
            raise Http404
        may = request.user.is_authenticated and request.user.has_perm("assessments.change_invitation")
        if request.user.is_authenticated and self.test_func() and not may:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return str(self.change.title)

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Invitations"), reverse("admin:assessments_invitation_changelist"))]

    def chosen(self, words: str) -> list[Invitation]:
        """Return the chosen invitations that the actor may see, with their state."""
        ids = [int(word) for word in words.split(",") if word.isdecimal() and len(word) < 19][:MOST]
        rows: Any = queries.invitation_rows(Invitation.objects.filter(pk__in=ids), timezone.now())
        return list(rows.visible_to(self.actor))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        invitations = kwargs.pop("invitations", None)
        if invitations is None:
            invitations = self.chosen(self.request.GET.get("ids", ""))
        rows = [(invitation, InvitationState(invitation.state_now)) for invitation in invitations]
        will = [row for row in rows if row[1] in self.change.states]
        kwargs.setdefault("form", self.asked())
        return super().get_context_data(
            **kwargs,
            will=will,
            skipped=[row for row in rows if row[1] not in self.change.states],
            ids=",".join(str(invitation.pk) for invitation, _state in will),
            lead=self.change.lead,
            button=self.change.button(len(will)),
            back=self.back(),
        )

    def asked(self, data: Any = None) -> Form | None:
        """The form of what has to be said besides, if there is any."""
        return self.change.form(data, timezone.now()) if self.change.form else None

    def back(self) -> str:
        """The list where these were chosen."""
        return way_back(self.request, reverse("admin:assessments_invitation_changelist"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "ids" not in request.POST:
            # Chosen in a list of results: look first.
            invitations = self.chosen(",".join(request.POST.getlist("invitations")))
            return self.render_to_response(self.get_context_data(invitations=invitations))
        invitations = self.chosen(request.POST["ids"])
        form = self.asked(request.POST)
        if form is not None and not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form, invitations=invitations))
        done, refused = 0, []
        for invitation in invitations:
            try:
                self.act(invitation, form)
            except (operations.InvitationRefused, operations.CannotInvite) as refusal:
                refused.append(f"{invitation.candidate}: {refusal}")
            except ValidationError as refusal:
                refused.append(f"{invitation.candidate}: {' '.join(refusal.messages)}")
            else:
                done += 1
        if done:
            messages.success(request, self.change.done(done))
        for text in refused:
            messages.warning(request, text)
        return redirect(self.back())

    def act(self, invitation: Invitation, form: Form | None) -> None:
        """Do it to one invitation."""
        common: dict[str, Any] = {"invitation": invitation, "by": self.actor, "now": timezone.now()}
        if form is not None and self.name == "extend":
            operations.extend_invitation(**form.cleaned_data, **common)
        elif form is not None and self.name == "extra-time":
            minutes, reason = form.cleaned_data["minutes"], form.cleaned_data["reason"]
            operations.set_extra_time(seconds=minutes * 60, reason=reason, **common)
        elif form is not None:
            self.void(invitation, form.cleaned_data["reason"])
        elif self.name == "revoke":
            operations.revoke_invitation(**common)
        elif self.name == "resend":
            operations.resend_invitation(**common)
        else:
            operations.reissue_invitation(**common)

    def void(self, invitation: Invitation, reason: str) -> None:
        """Declare the attempt of an invitation void, if it still can be."""
        attempts = Attempt.objects.filter(invitation=invitation).visible_to(self.actor)
        attempt = attempts.order_by("-number", "-pk").first()
        if attempt is None:
            raise operations.InvitationRefused(_("Nobody has started this test with it."))
        operations.void_attempt(attempt=attempt, reason=reason, by=self.actor, now=timezone.now())


class ShowLinkView(ShellPage, TemplateView):
    """Shows the link of an invitation to a colleague who will hand it over. By POST alone, and this once."""

    http_method_names = ["post"]
    title = gettext_lazy("The link of an invitation")
    template_name = "assessments/invitation_link.html"

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Invitations"), reverse("admin:assessments_invitation_changelist"))]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm("assessments.change_invitation"):
            raise PermissionDenied
        rows = queries.invitation_rows(Invitation.objects.all().visible_to(self.actor), timezone.now())
        invitation = get_object_or_404(rows, pk=pk)
        try:
            address = operations.show_link(invitation=invitation, by=self.actor, now=timezone.now())
        except operations.InvitationRefused as refusal:
            messages.error(request, str(refusal))
            return redirect("admin:assessments_invitation_change", pk)
        response = self.render_to_response(
            self.get_context_data(invitation=invitation, address=address, now=timezone.now())
        )
        patch_cache_control(response, no_store=True, private=True)
        return response
