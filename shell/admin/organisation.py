"""The organisation: one row, one form."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import operations
from accounts.models import Organisation
from shell.admin.bases import HelpLine, ShellModelAdmin
from shell.forms import OrganisationForm


@admin.register(Organisation)
class OrganisationAdmin(ShellModelAdmin):
    form = OrganisationForm
    help_line = HelpLine(
        "getting-started", "going-live", _("Settle these before a real candidate gets a mail.")
    )
    fieldsets = (
        (_("What candidates see"), {"fields": ("name", "accent", "privacy_contact")}),
        (_("Mail"), {"fields": ("sender", "reply_to", "mail_footer")}),
        (_("Place"), {"fields": ("site_address", "time_zone", "language")}),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one row: the list of it is its form."""
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        return redirect("admin:accounts_organisation_change", 1)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Organisation | None:
        if object_id != "1":
            return None
        # Nobody has set anything yet: the form shows the defaults, and saving makes the row.
        return super().get_object(request, object_id, from_field) or Organisation(pk=1)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Organisation:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Organisation, form: Any, change: bool) -> None:
        operations.set_organisation(by=self.actor(request), now=timezone.now(), **form.cleaned_data)
