"""Invitations: a list to look at; what can be done to them has a page that asks first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.registries import may_see_field
from assessments import queries
from assessments.enums import Band, InvitationState
from assessments.models import Invitation
from outbox.enums import MessageState
from rendering.templatetags.rendering import moment as show_moment
from shell.admin import ReadOnlyModelAdmin
from shell.templatetags.shell import state_pill


def shown_moment(value: datetime) -> str:
    """Say how far `value` is from now, with the exact moment for the mouse and for screen readers."""
    return show_moment({"now": timezone.now()}, value)


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(InvitationState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> QuerySet[Invitation]:
        known = self.value() in InvitationState.values
        return queryset.filter(Q(state_now=self.value())) if known else queryset


class MailFilter(admin.SimpleListFilter):
    title = _("mail")
    parameter_name = "mail"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(MessageState.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> QuerySet[Invitation]:
        known = self.value() in MessageState.values
        return queryset.filter(Q(mail_state=self.value())) if known else queryset


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyModelAdmin):
    everyone_may_view = True
    list_display = ("person", "test", "state", "result", "mail", "invited_at", "open_until")
    list_display_links = ("person",)
    list_filter = (StateFilter, MailFilter, "version__assessment")
    address_filters = ("revoked_at", "extra_seconds", "extra_reason")
    search_fields = ("candidate__full_name", "candidate__emails__normalised", "version__assessment__name")
    search_help_text = _("Name, email address or test")
    ordering = ("-created_at", "-pk")
    actions = ("resend", "extend", "extra_time_for", "reissue", "revoke")
    fields = (
        "person",
        "test",
        "state",
        "result",
        "mail",
        "invited_at",
        "invited_by",
        "opens_at",
        "open_until",
        "extra_time",
        "extra_reason",
        "again_reason",
        "reissue_reason",
    )
    readonly_fields = (
        *("person", "test", "state", "result", "mail"),
        *("invited_at", "opens_at", "open_until", "extra_time"),
    )
    # Who reads these is the masks' matter.
    masked = {"extra_time": "extra_seconds", "extra_reason": "extra_reason"}
    list_file = "hiring:invitations-file"
    change_form_after_template = "assessments/admin/invitation_after.html"

    class Media:
        css = {"all": ("assessments/staff.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        return queries.invitation_rows(super().get_queryset(request), timezone.now())

    @admin.display(description=_("candidate"), ordering="candidate__full_name")
    def person(self, invitation: Invitation) -> str:
        return str(invitation.candidate)

    @admin.display(description=_("test"), ordering="version__assessment__name")
    def test(self, invitation: Invitation) -> str:
        words = {"test": invitation.version.assessment.name, "number": invitation.version.number}
        return gettext("%(test)s, version %(number)d") % words

    @admin.display(description=_("state"), ordering="state_now")
    def state(self, invitation: Any) -> str:
        return state_pill(InvitationState(invitation.state_now))

    @admin.display(description=_("result"), ordering="percent")
    def result(self, invitation: Any) -> str:
        if invitation.attempt_id_now is None:
            return "–"
        address = reverse("assessments:attempt", args=[invitation.attempt_id_now])
        if invitation.percent is None:
            return format_html('<a class="inline-link" href="{}">{}</a>', address, gettext("Open"))
        words = gettext("%(number)s %%") % {"number": f"{invitation.percent:.0f}"}
        pill = state_pill(Band(invitation.band))
        return format_html('<a class="inline-link" href="{}">{}</a> {}', address, words, pill)

    @admin.display(description=_("mail"), ordering="mail_state")
    def mail(self, invitation: Any) -> str:
        if invitation.mail_state is None:
            return "–"
        return state_pill(MessageState(invitation.mail_state))

    @admin.display(description=_("invited"), ordering="created_at")
    def invited_at(self, invitation: Invitation) -> str:
        return shown_moment(invitation.created_at)

    @admin.display(description=_("opens"), ordering="not_before")
    def opens_at(self, invitation: Invitation) -> str:
        return shown_moment(invitation.not_before) if invitation.not_before else "–"

    @admin.display(description=_("start by"), ordering="expires_at")
    def open_until(self, invitation: Invitation) -> str:
        return shown_moment(invitation.expires_at)

    @admin.display(description=_("extra time"), ordering="extra_seconds")
    def extra_time(self, invitation: Invitation) -> str:
        minutes = invitation.extra_seconds // 60
        return gettext("%(count)d min") % {"count": minutes} if minutes else "–"

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = list(super().get_list_display(request))
        return columns if "extra_time" in self.hidden(request) else [*columns, "extra_time"]

    def hidden(self, request: HttpRequest) -> set[str]:
        """What the masks keep from whoever asks."""
        actor, label = self.actor(request), Invitation._meta.label
        return {name for name, field in self.masked.items() if not may_see_field(label, field, actor)}

    def get_fields(self, request: HttpRequest, obj: Invitation | None = None) -> Any:
        hidden = self.hidden(request)
        for name in ("again_reason", "reissue_reason"):
            if not getattr(obj, name, "") or not request.user.has_perm("assessments.change_invitation"):
                hidden.add(name)
        return [name for name in super().get_fields(request, obj) if name not in hidden]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        context["may_change"] = request.user.has_perm("assessments.change_invitation")
        if kwargs.get("obj") is not None:
            state = InvitationState(kwargs["obj"].state_now)
            context["may_show_link"] = state in InvitationState.open_states
            context["may_give_time"] = state in InvitationState.not_started
        return super().render_change_form(request, context, *args, **kwargs)

    # --- Actions: each leads to a page that shows who is affected and asks ---

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        return actions if request.user.has_perm("assessments.change_invitation") else {}

    @admin.action(description=_("Send again…"))
    def resend(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> HttpResponse:
        return self._ask(request, queryset, "resend")

    @admin.action(description=_("Extend…"))
    def extend(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> HttpResponse:
        return self._ask(request, queryset, "extend")

    @admin.action(description=_("Give extra time…"))
    def extra_time_for(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> HttpResponse:
        return self._ask(request, queryset, "extra-time")

    @admin.action(description=_("Replace links…"))
    def reissue(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> HttpResponse:
        return self._ask(request, queryset, "reissue")

    @admin.action(description=_("Withdraw…"))
    def revoke(self, request: HttpRequest, queryset: QuerySet[Invitation]) -> HttpResponse:
        return self._ask(request, queryset, "revoke")

    def _ask(self, request: HttpRequest, queryset: QuerySet[Invitation], change: str) -> HttpResponse:
        ids = [str(pk) for pk in queryset.values_list("pk", flat=True)[:200]]
        if not ids:
            self.message_user(request, gettext("Choose at least one invitation."), messages.WARNING)
            return redirect("admin:assessments_invitation_changelist")
        return redirect(f"{reverse('assessments:change-invitations', args=[change])}?ids={','.join(ids)}")
