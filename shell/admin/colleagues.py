"""Colleagues: who signs in, with which roles."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import operations, queries
from accounts.enums import Role
from accounts.models import User
from shell.admin.bases import ShellModelAdmin
from shell.forms import ColleagueForm

# Roles come from code, their permissions too: a form for groups would only drift from it. The tables of the sign-in
# library show secrets and would change addresses behind the operations' back.
for model in (Group, EmailAddress, Authenticator):
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
    list_display = ("full_name", "email", "role_list", "is_active", "date_joined")
    list_display_links = ("full_name",)
    list_filter = (RoleFilter, "is_active")
    search_fields = ("full_name", "email")
    search_help_text = _("Name or email address")
    ordering = ("full_name", "pk")
    fieldsets = (
        (None, {"fields": ("full_name", "email")}),
        (_("What they may do"), {"fields": ("roles", "is_active")}),
        (_("How they see things"), {"fields": ("time_zone", "language")}),
    )
    readonly_fields = ("role_list",)
    change_form_outer_before_template = "shell/parts/colleague_links.html"

    @admin.display(description=_("roles"))
    def role_list(self, user: User) -> str:
        names = {group.name for group in user.groups.all()}
        return ", ".join(str(role.label) for role in Role if role.value in names) or "–"

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
            obj.pk = operations.create_user(**words, password=None, roles=roles, by=by, now=now).pk
            return
        user = User.objects.get(pk=obj.pk)
        operations.update_user(user=user, **words, by=by, now=now)
        operations.set_roles(user=user, roles=roles, by=by, now=now)
        if data["is_active"] and not user.is_active:
            operations.activate_user(user=user, by=by, now=now)
        elif user.is_active and not data["is_active"]:
            operations.deactivate_user(user=user, by=by, now=now)

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Somebody new has no password yet: the next step is the link with which they set one."""
        return redirect("admin:accounts_user_sign_in_link", obj.pk)

    def get_urls(self) -> list[URLPattern]:
        own = path(
            "<int:user_id>/sign-in-link/",
            self.admin_site.admin_view(self.sign_in_link),
            name="accounts_user_sign_in_link",
        )
        return [own, *super().get_urls()]

    def sign_in_link(self, request: HttpRequest, user_id: int) -> HttpResponse:
        """Make a link with which a colleague sets a password, for an administrator to hand over. Shown once."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = self.get_object(request, str(user_id))
        if user is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(user_id))
        address = ""
        if request.method == "POST":
            try:
                key = operations.make_sign_in_key(user=user, by=self.actor(request), now=timezone.now())
            except ValidationError as refusal:
                messages.error(request, " ".join(refusal.messages))
            else:
                uid, token = key.split("-", 1)
                address = queries.organisation().address + reverse(
                    "account_reset_password_from_key", kwargs={"uidb36": uid, "key": token}
                )
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Sign-in link for %(name)s") % {"name": user.get_full_name()},
            "crumbs": [
                (gettext("Colleagues"), reverse("admin:accounts_user_changelist")),
                (user.get_full_name(), reverse("admin:accounts_user_change", args=[user.pk])),
            ],
            "colleague": user,
            "address": address,
        }
        return TemplateResponse(request, "shell/sign_in_link.html", context)
