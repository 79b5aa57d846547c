"""The organisation: one row, one form."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts import operations
from accounts.models import Organisation
from rendering.pictures import PictureRefusedError, read_logo
from shell.admin.bases import HelpLine, ShellModelAdmin
from shell.forms import OrganisationForm
from shell.look import logo_url


@admin.register(Organisation)
class OrganisationAdmin(ShellModelAdmin):
    form = OrganisationForm
    help_line = HelpLine(
        "getting-started", "going-live", _("Settle these before a real candidate gets a mail.")
    )
    fieldsets = (
        (
            _("What candidates see"),
            {
                "fields": (
                    "name",
                    "logo_now",
                    "logo",
                    "remove_logo",
                    "accent",
                    "careers_introduction",
                    "privacy_contact",
                )
            },
        ),
        (_("Mail"), {"fields": ("sender", "reply_to", "mail_footer")}),
        (_("Place"), {"fields": ("site_address", "time_zone", "language")}),
    )
    readonly_fields = ("logo_now",)

    @admin.display(description=_("Logo now"))
    def logo_now(self, organisation: Organisation) -> str:
        return format_html(
            '<img class="logo-now" src="{}" alt="{}">', logo_url(organisation), organisation.name
        )

    def get_fieldsets(self, request: HttpRequest, obj: Organisation | None = None) -> Any:
        if obj is not None and obj.logo_digest:
            return self.fieldsets
        (title, options), *others = self.fieldsets
        fields = tuple(field for field in options["fields"] if field not in ("logo_now", "remove_logo"))
        return ((title, {"fields": fields}), *others)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one row: the list of it is its form."""
        if not self.has_view_permission(request):
            return super().changelist_view(request, extra_context)
        return redirect("admin:accounts_organisation_change", 1)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Read the picture first: what follows is one transaction, which nobody should wait for."""
        upload: Any = request.FILES.get("logo")
        if upload is not None and self.has_change_permission(request):
            try:
                upload.picture = read_logo(upload.read())
            except PictureRefusedError as refusal:
                upload.refusal = str(refusal)
        return super().changeform_view(request, object_id, form_url, extra_context)

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
        by, now, data = self.actor(request), timezone.now(), dict(form.cleaned_data)
        picture, remove = data.pop("logo", None), data.pop("remove_logo", False)
        operations.set_organisation(by=by, now=now, **data)
        if picture is not None:
            operations.set_logo(
                content=picture.content,
                media_type=picture.media_type,
                digest=picture.digest,
                by=by,
                now=now,
            )
        elif remove:
            operations.remove_logo(by=by, now=now)
