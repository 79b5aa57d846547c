"""Changing chosen invitations: first who is affected and who is skipped and why, then the deed."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from assessments import operations, queries
from assessments.enums import InvitationChange, InvitationState
from assessments.forms import AgainForm, ExtendForm, ExtraTimeForm, WhyForm
from assessments.models import Invitation
from assessments.queries.neighbours import opened_list
from assessments.queries.result_words import filter_words
from outbox.queries import asked_work
from shell.columns import way_back
from shell.views import ShellPage

MOST = 200
OPEN = {InvitationState.WAITING, InvitationState.INVITED, InvitationState.STARTED}
NOT_STARTED = {InvitationState.WAITING, InvitationState.INVITED, InvitationState.EXPIRED}


@dataclass(frozen=True)
class Change:
    """Something that can be done to invitations: where it applies, and its words."""

    states: frozenset[InvitationState]
    lead: Any
    button: Callable[[int], str]
    done: Callable[[int], str]
    # What has to be said besides.
    form: Callable[[Any, datetime], Form] | None = None


CHANGES = {
    InvitationChange.REVOKE: Change(
        states=frozenset(NOT_STARTED),
        lead=gettext_lazy("Their links stop working. Nobody is told by mail."),
        button=lambda count: ngettext("Withdraw %d invitation", "Withdraw %d invitations", count) % count,
        done=lambda count: (
            ngettext("%d invitation was withdrawn.", "%d invitations were withdrawn.", count) % count
        ),
    ),
    InvitationChange.RESEND: Change(
        states=frozenset(OPEN),
        lead=gettext_lazy("The same link goes out once more; a mail that failed is tried again."),
        button=lambda count: ngettext("Send %d invitation", "Send %d invitations", count) % count,
        done=lambda count: ngettext("%d mail is on its way.", "%d mails are on their way.", count) % count,
    ),
    InvitationChange.REISSUE: Change(
        states=frozenset(OPEN),
        lead=gettext_lazy("The old links stop working, and new ones are mailed."),
        button=lambda count: ngettext("Replace %d link", "Replace %d links", count) % count,
        done=lambda count: (
            ngettext("%d new link is on its way.", "%d new links are on their way.", count) % count
        ),
        form=lambda data, now: WhyForm(data),
    ),
    InvitationChange.EXTEND: Change(
        states=frozenset(NOT_STARTED),
        form=lambda data, now: ExtendForm(data, now=now),
        lead=gettext_lazy("The tests may be started until a later moment. Nobody is told by mail."),
        button=lambda count: ngettext("Extend %d invitation", "Extend %d invitations", count) % count,
        done=lambda count: (
            ngettext("%d invitation was extended.", "%d invitations were extended.", count) % count
        ),
    ),
    InvitationChange.EXTRA_TIME: Change(
        states=frozenset(NOT_STARTED),
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
    InvitationChange.VOID: Change(
        states=frozenset({InvitationState.STARTED, InvitationState.FINISHED}),
        lead=gettext_lazy(
            "They count for nothing any more and stay to be read. This cannot be undone. Nobody is told by mail."
        ),
        button=lambda count: ngettext("Declare %d attempt void", "Declare %d attempts void", count) % count,
        done=lambda count: ngettext("%d attempt is void.", "%d attempts are void.", count) % count,
        form=lambda data, now: WhyForm(data),
    ),
    InvitationChange.AGAIN: Change(
        states=frozenset(set(InvitationState) - OPEN),
        lead=gettext_lazy(
            "Each gets a new invitation to the test as it is published now, open for the usual time. "
            "Extra time stays theirs."
        ),
        button=lambda count: ngettext("Invite %d person again", "Invite %d people again", count) % count,
        done=lambda count: (
            ngettext("%d person was invited again.", "%d people were invited again.", count) % count
        ),
        form=lambda data, now: AgainForm(data),
    ),
}


class ChangeInvitationsView(ShellPage, TemplateView):
    """The page of one `Change` for chosen invitations, as far as the actor may see them.

    They are named by `ids`, or are everybody whom a list of results shows: then `everyone` is set and `query` says
    which list, narrowed how. Of everybody nothing is carried along but what was `seen`: who they are is looked up
    again, and where that is not what was seen, the page asks once more.
    """

    template_name = "assessments/change_invitations.html"

    @cached_property
    def now(self) -> datetime:
        """The moment of this request."""
        return timezone.now()

    @cached_property
    def name(self) -> InvitationChange:
        """Which change."""
        return InvitationChange(self.kwargs["change"])

    @cached_property
    def change(self) -> Change:
        """What is to be done."""
        return CHANGES[self.name]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs["change"] not in InvitationChange.values:
            raise Http404
        may = request.user.is_authenticated and request.user.has_perm("assessments.change_invitation")
        if request.user.is_authenticated and self.test_func() and not may:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_title(self) -> str:
        return str(self.name.label)

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Invitations"), reverse("admin:assessments_invitation_changelist"))]

    def chosen(self, words: str) -> list[tuple[int, InvitationState]]:
        """Return the invitations of `ids` that the actor may see, with their state."""
        ids = [int(word) for word in words.split(",") if word.isdecimal() and len(word) < 19][:MOST]
        rows: Any = queries.with_state(Invitation.objects.filter(pk__in=ids), self.now)
        found = rows.visible_to(self.actor).order_by("-created_at", "-pk").values_list("pk", "state_now")
        return [(pk, InvitationState(state)) for pk, state in found]

    def shown(self, ids: Sequence[int]) -> list[tuple[Invitation, InvitationState]]:
        """Load some for the page, in their order."""
        rows: Any = queries.invitation_rows(Invitation.objects.filter(pk__in=ids), self.now)
        found = {row.pk: row for row in rows.visible_to(self.actor)}
        return [(found[pk], InvitationState(found[pk].state_now)) for pk in ids if pk in found]

    def page(self, chosen: Sequence[tuple[int, InvitationState]], **more: Any) -> HttpResponse:
        """Show who is affected and who is skipped."""
        will = [pk for pk, state in chosen if state in self.change.states]
        skipped = [pk for pk, state in chosen if state not in self.change.states]
        more = {"form": self.asked(), "back": self.back(), **more}
        context = self.get_context_data(
            **more,
            will=self.shown(will[:MOST]),
            will_count=len(will),
            will_more=max(0, len(will) - MOST),
            skipped=self.shown(skipped[:MOST]),
            skipped_count=len(skipped),
            skipped_more=max(0, len(skipped) - MOST),
            keep_time=sum(state == InvitationState.STARTED for _pk, state in chosen)
            if self.name == InvitationChange.EXTEND
            else 0,
            ruled=queries.ruled_out(will, now=self.now) if self.name == InvitationChange.AGAIN else 0,
            ids=",".join(str(pk) for pk in will),
            lead=self.change.lead,
            button=self.change.button(len(will)),
        )
        return self.render_to_response(context)

    def asked(self, data: Any = None) -> Form | None:
        """The form of what has to be said besides, if there is any."""
        return self.change.form(data, self.now) if self.change.form else None

    def back(self) -> str:
        """The list where these were chosen."""
        return way_back(self.request, reverse("admin:assessments_invitation_changelist"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.page(self.chosen(request.GET.get("ids", "")))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.POST.get("everyone"):
            return self.everyone(request.POST)
        if "ids" not in request.POST:
            # Chosen in a list of results: look first.
            return self.page(self.chosen(",".join(request.POST.getlist("invitations"))))
        chosen = self.chosen(request.POST["ids"])
        form = self.asked(request.POST)
        if form is not None and not form.is_valid():
            return self.page(chosen, form=form)
        self.do([pk for pk, _state in chosen], form)
        return redirect(self.back())

    def do(self, ids: Sequence[int], form: Form | None) -> None:
        """Change a few at once, and say to whom it could not be done."""
        done, refused = 0, []
        for invitation, _state in self.shown(ids):
            try:
                operations.change_invitation(
                    change=self.name,
                    invitation=invitation,
                    terms=form.cleaned_data if form else {},
                    by=self.actor,
                    now=timezone.now(),
                )
            except (operations.InvitationRefused, operations.CannotInvite) as refusal:
                refused.append(f"{invitation.candidate}: {refusal}")
            except ValidationError as refusal:
                refused.append(f"{invitation.candidate}: {' '.join(refusal.messages)}")
            else:
                done += 1
        if done:
            messages.success(self.request, self.change.done(done))
        for text in refused:
            messages.warning(self.request, text)

    def everyone(self, data: QueryDict) -> HttpResponse:
        """Look up everybody of the list anew: show them, or let a worker change them if they were seen like this."""
        opened = opened_list(QueryDict(data.get("query", "")), actor=self.actor, now=self.now)
        if opened is None:
            raise Http404
        chosen = [(line.pk, InvitationState(line.state)) for line in opened.table.found.lines]
        will = [pk for pk, state in chosen if state in self.change.states]
        now_seen = _seen(will, total=len(chosen))
        was_seen = data.get("seen", "")
        intent = f"{self.request.user.pk}:{data.get('token', '')[:36]}"
        asked = asked_work(operations.CHANGE, intent) if was_seen and was_seen != now_seen else None
        if asked is not None:
            # Pressed twice: what the first press did has changed the list.
            return redirect("outbox:work", asked.public_id)
        form = self.asked(data if was_seen else None)
        if was_seen == now_seen and (form is None or form.is_valid()):
            try:
                work = operations.queue_change(
                    change=self.name,
                    invitation_ids=will,
                    terms=form.cleaned_data if form else {},
                    back={"url": opened.address, "label": _("Back to the results")},
                    intent=intent,
                    by=self.actor,
                    now=self.now,
                )
            except ValidationError as refusal:
                messages.error(self.request, " ".join(refusal.messages))
            else:
                return redirect("outbox:work", work.public_id)
        return self.page(
            chosen,
            form=form,
            opened=opened,
            total=len(chosen),
            words=[*filter_words(opened.table), *opened.words],
            query=data.get("query", ""),
            seen=now_seen,
            token=uuid.uuid4() if was_seen != now_seen else data.get("token", ""),
            counted_before=_counted(was_seen) if was_seen and was_seen != now_seen else None,
            back=opened.address,
        )


def _seen(ids: Sequence[int], *, total: int) -> str:
    """What stands for a list that was shown: how many were in it, how many affected, and who those were."""
    digest = hashlib.sha256(",".join(str(pk) for pk in sorted(ids)).encode()).hexdigest()
    return f"{total}:{len(ids)}:{digest[:32]}"


def _counted(seen: str) -> int:
    count = seen.partition(":")[0]
    return int(count) if count.isdecimal() and len(count) < 9 else 0


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
