"""The base of every edit form and list in the admin."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from accounts.models import Actor


class ShellModelAdmin(ModelAdmin):
    """What may not be seen is in no list, search, autocomplete, action or form; nothing is deleted from here.

    * Rows are `visible_to(actor)`; who may open the list at all is registered by role
      (`accounts.registries.register_role_permissions`). With `everyone_may_view` any colleague may, and sees their rows.
    * Saving is an operation: override `save_model` and `save_related`, and show what an operation refuses by raising it
      in the form's `clean`.
    * `date_hierarchy`, full counts and the delete action stay off: they cost too much or do too much.
    """

    everyone_may_view = False
    show_full_result_count = False
    list_per_page = 50
    list_max_show_all = 0
    compressed_fields = True
    warn_unsaved_form = True
    list_filter_submit = True
    list_filter_sheet = False
    list_disable_select_all = True

    def actor(self, request: HttpRequest) -> Actor:
        """Who asks; the same object throughout a request, so that roles are read once."""
        cached: Actor | None = getattr(request, "_shell_actor", None)
        if cached is None:
            cached = Actor.of_request(request)
            request._shell_actor = cached  # type: ignore[attr-defined]
        return cached

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: Any = super().get_queryset(request)
        return queryset.visible_to(self.actor(request))  # type: ignore[no-any-return]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if self.everyone_may_view and request.user.is_active and getattr(request.user, "is_staff", False):
            return True
        return bool(super().has_view_permission(request, obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) or bool(super().has_module_permission(request))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyModelAdmin(ShellModelAdmin):
    """Rows that are looked at, never typed: history, facts, what an operation alone writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
