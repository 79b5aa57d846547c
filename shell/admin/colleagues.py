"""Colleagues: who signs in, with which roles."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import operations, queries
from accounts.enums import Role
from accounts.models import User
from accounts.registries import hand_over_parts
from shell.admin.bases import HelpLine, ShellModelAdmin
from shell.forms import ColleagueForm

# Roles come from code, their permissions too: a form for groups would only drift from it. The tables of the sign-in
# library show secrets and would change addresses behind the operations' back.
for model in (Group, EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken):
    admin.site.unregister(model)


class RoleFilter(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Role.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        return queryset.filter(groups__name=self.value()) if self.value() in Role.values else queryset


@admin.register(User)
class ColleagueAdmin(ShellModelAdmin):
    form = ColleagueForm
    help_line = HelpLine(
        "colleagues", "roles-in-the-organisation", _("Give as little as the work needs; jobs give the rest.")
    )
    list_display = ("full_name", "email", "role_list", "is_active", "date_joined")
    list_display_links = ("full_name",)
    list_filter = (RoleFilter, "is_active")
    search_fields = ("full_name", "email")
    search_help_text = _("Name or email address")
    ordering = ("full_name", "pk")
    list_file = "outbox:colleagues-file"
    fieldsets = (
        (None, {"fields": ("full_name", "email")}),
        (_("What they may do"), {"fields": ("roles", "is_active")}),
        (_("How they see things"), {"fields": ("time_zone", "language")}),
    )
    readonly_fields = ("role_list",)
    change_form_outer_before_template = "shell/parts/colleague_links.html"

    @admin.display(description=_("roles"))
    def role_list(self, user: User) -> str:
        return queries.role_words(user) or "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        if not self.has_change_permission(request, obj):
            return ((None, {"fields": ("full_name", "email", "role_list", "is_active")}),)
        if obj is not None:
            return self.fieldsets
        # Somebody new is active; the switch would only raise questions.
        return tuple(
            (title, {"fields": tuple(field for field in options["fields"] if field != "is_active")})
            for title, options in self.fieldsets
        )

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> User:
        return form.instance

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        by, now, data = self.actor(request), timezone.now(), form.cleaned_data
        words = {name: data[name] for name in ("email", "full_name", "time_zone", "language")}
        roles = [Role(name) for name in data["roles"]]
        if not change:
            user = operations.create_user(**words, password=None, roles=roles, by=by, now=now)
            operations.invite_user(user=user, by=by, now=now)
            obj.pk = user.pk
            return
        user = User.objects.get(pk=obj.pk)
        operations.update_user(user=user, **words, by=by, now=now)
        operations.set_roles(user=user, roles=roles, by=by, now=now)
        if data["is_active"] and not user.is_active:
            operations.activate_user(user=user, by=by, now=now)
        elif user.is_active and not data["is_active"]:
            operations.deactivate_user(user=user, by=by, now=now)

    def response_change(self, request: HttpRequest, obj: User) -> HttpResponse:
        """Whoever is shut out while work is theirs: the next page offers to hand it over."""
        if not obj.is_active and any(part.items(obj) for part in hand_over_parts()):
            words = gettext("%(name)s is signed out for good. Some work is still theirs: hand it over here.")
            messages.warning(request, words % {"name": obj.get_full_name()})
            return redirect("hiring:hand-over", obj.pk)
        return super().response_change(request, obj)

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Somebody new has no password yet: the next page says where the mail with their link is."""
        name, address = obj.get_full_name(), obj.email
        if queries.organisation().mail_is_local:
            words = gettext("%(name)s is added. No mail leaves this machine: make a link and hand it over.")
        else:
            words = gettext("%(name)s is added. An invitation to %(address)s is on its way.")
        messages.success(request, words % {"name": name, "address": address})
        return redirect("outbox:sign-in", obj.pk)
