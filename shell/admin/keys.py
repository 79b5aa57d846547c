"""API keys: which there are, and ending one. Making one is a page of hiring, which knows the jobs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import operations, queries
from accounts.models import ApiKey
from shell.admin.bases import HelpLine, ReadOnlyModelAdmin
from shell.templatetags.shell import state_pill


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyModelAdmin):
    list_display = ("name", "owner", "state", "may", "expires_at", "last_used_at")
    list_select_related = ("owner",)
    search_fields = ("name",)
    search_help_text = _("Name of the key")
    ordering = ("-created_at", "-pk")
    fields = ("name", "owner", "state", "may", "created_at", "expires_at", "revoked_at", "last_used_at")
    readonly_fields = fields
    actions = ("revoke",)
    help_line = HelpLine(
        "api-keys", "keeping-keys-safe", _("One key for one program, so that you can end one of them.")
    )
    list_before_template = "shell/parts/keys_before.html"
    list_file = "outbox:api-keys-file"
    change_list_template = "shell/api_keys.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiKey]:
        # What is not needed does not leave the database.
        return super().get_queryset(request).defer("secret_hash")

    @admin.display(description=_("state"))
    def state(self, key: ApiKey) -> str:
        return state_pill(*queries.key_standing(key))

    @admin.display(description=_("may"))
    def may(self, key: ApiKey) -> str:
        return queries.scope_words(key)

    @admin.action(description=_("Revoke the chosen keys"), permissions=["view"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> Any:
        revoked = refused = 0
        now = timezone.now()
        for key in queryset.filter(revoked_at=None).select_related("owner"):
            try:
                operations.revoke_api_key(key=key, by=self.actor(request), now=now)
            except PermissionDenied:
                refused += 1
            else:
                revoked += 1
        self.message_user(
            request,
            ngettext(
                "%(count)d key opens nothing any more.", "%(count)d keys open nothing any more.", revoked
            )
            % {"count": revoked},
            messages.SUCCESS if revoked else messages.WARNING,
        )
        if refused:
            self.message_user(request, gettext("Keys of other people were left alone."), messages.WARNING)
