"""Edit forms and lists of outbox in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from outbox import operations
from outbox.forms import MessageTemplateForm
from outbox.models import Event, MessageTemplate
from outbox.queries import may_write_kind
from outbox.registries import is_named, kind_title, message_kinds, trial_page
from shell.admin import HelpLine, ReadOnlyModelAdmin, ShellModelAdmin


@admin.register(MessageTemplate)
class MessageTemplateAdmin(ShellModelAdmin):
    """The words of mail. A kind that is not in the list has its built-in words."""

    form = MessageTemplateForm
    help_line = HelpLine(
        "mail",
        "changing-the-words",
        _("New words count from the next mail on; mail that waits stays as it is."),
    )
    list_display = ["for_what", "name", "language", "subject"]
    list_display_links = ["for_what", "subject"]
    search_fields = ["subject", "body"]
    ordering = ["kind", "language", "pk"]
    list_before_template = "outbox/admin/built_in.html"
    change_form_outer_after_template = "outbox/admin/trial.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[MessageTemplate]:
        # Words for one thing alone are changed where that thing is.
        return super().get_queryset(request).filter(scope="")

    @admin.display(description=_("For"), ordering="kind")
    def for_what(self, template: MessageTemplate) -> str:
        return str(kind_title(template.kind))

    def get_readonly_fields(self, request: HttpRequest, obj: MessageTemplate | None = None) -> list[str]:
        return ["for_what", "language"] if obj else []

    def get_fields(self, request: HttpRequest, obj: MessageTemplate | None = None) -> list[str]:
        # Of the others there is one each; a new one may become a letter by what is chosen on the form.
        named = ["name"] if obj is None or is_named(obj.kind) else []
        used = ["is_active"] if obj is not None and is_named(obj.kind) else []
        return ["for_what" if obj else "kind", *named, "language", "subject", "body", "button", *used]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Start from the built-in words of the kind in the address."""
        known = {kind.kind: kind for kind in message_kinds()}.get(request.GET.get("kind", ""))
        if known is None:
            return {"language": "en"}
        with translation.override("en"):
            words = {"subject": str(known.subject), "body": str(known.body), "button": str(known.button)}
        return {"kind": known.kind, "language": "en", **words}

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> Any:
        template = self.get_object(request, object_id)
        page = trial_page(template.kind) if template is not None else ""
        trial = {"trial_url": reverse(page, args=[template.pk])} if template is not None and page else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **trial})

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        saved = set(self.get_queryset(request).values_list("kind", flat=True))
        add = reverse("admin:outbox_messagetemplate_add")
        built_in = [
            {"title": kind.title, "url": f"{add}?kind={kind.kind}"}
            for kind in message_kinds()
            if not kind.named and kind.kind not in saved and may_write_kind(self.actor(request), kind.kind)
        ]
        return super().changelist_view(request, {**(extra_context or {}), "built_in": built_in})

    def save_model(self, request: HttpRequest, obj: MessageTemplate, form: Any, change: bool) -> None:
        operations.save_template(
            template=obj,
            kind=obj.kind,
            language=obj.language,
            subject=obj.subject,
            body=obj.body,
            button=obj.button,
            name=obj.name,
            is_active=obj.is_active,
            by=self.actor(request),
            now=timezone.now(),
        )


@admin.register(Event)
class EventAdmin(ReadOnlyModelAdmin):
    """One event with all that is kept of it. The list of them has its own page."""

    fields = ["kind", "at", "who", "subject", "person_ref", "data"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        return super().get_queryset(request).select_related("actor_user")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("outbox:history"))

    @admin.display(description=_("Who"))
    def who(self, event: Event) -> str:
        if event.actor_user is None:
            return event.actor_kind
        name = str(event.actor_user)
        return f"{name} (API key {event.actor_key_id})" if event.actor_key_id else name

    @admin.display(description=_("About"))
    def subject(self, event: Event) -> str:
        return f"{event.about} {event.about_id}" if event.about_id else event.about or "–"
