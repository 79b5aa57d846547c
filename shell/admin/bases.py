"""The base of every edit form and list in the admin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.forms import BaseForm, ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from unfold.admin import ModelAdmin

from accounts.models import Actor
from accounts.registries import may_see_field
from shell.admin.paging import LongListPaginator
from shell.admin.rows import row_checkbox
from shell.lists import NUMBER

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True)
class HelpLine:
    """One sentence on a form or list, and the place in the handbook that says more."""

    chapter: str
    anchor: str
    sentence: StrPromise


class ShellModelAdmin(ModelAdmin):
    """What may not be seen is in no list, search, autocomplete, action or form; nothing is deleted from here.

    * Rows are `visible_to(actor)`; who may open the list at all is registered by role
      (`accounts.registries.register_role_permissions`). With `everyone_may_view` any colleague may.
    * Saving is an operation: `save_model` calls it (and `save_related` does nothing). A `ValidationError` that it
      raises is shown in the form, at its fields, with everything that was typed; nothing is written then.
    * Django's own log of admin changes stays empty: it would keep names that erasure cannot reach. The history is
      `outbox.Event`, which operations write.
    """

    help_line: HelpLine | None = None
    change_form_before_template = "shell/parts/admin_help.html"

    # The address of the list as a file (see `shell.list_files`), "" where it has none.
    list_file = ""
    list_before_template = "shell/parts/list_file.html"

    everyone_may_view = False
    # Fields by which an address may filter the list though it neither shows nor offers them.
    address_filters: tuple[str, ...] = ()
    # Whether its search is for words, so that a single letter finds nothing.
    searches_words = False
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

    @admin.display(description=ModelAdmin.action_checkbox.short_description)
    def action_checkbox(self, obj: Model) -> SafeString:
        return row_checkbox(obj.pk)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        # Django's title is an order ("Select candidate to change") for a page that one may just read.
        named = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, named | (extra_context or {}))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            # What was written is rolled back by now; the form is shown again with what the operation said.
            request._refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Any]]:
        form_class: type[ModelForm[Any]] = super().get_form(request, obj, change=change, **kwargs)
        refusal: ValidationError | None = getattr(request, "_refusal", None)
        if refusal is None:
            return form_class
        said = refusal

        class RefusedForm(form_class):  # type: ignore[misc, valid-type]
            def clean(self) -> Any:
                cleaned = super().clean()
                add_refusal(self, said)
                return cleaned

        return RefusedForm

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The operation in `save_model` wrote everything."""

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """See the class: the history is `outbox.Event`."""

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """See the class: the history is `outbox.Event`."""

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        # No text holds such a character, and PostgreSQL refuses to look for it.
        if "\x00" in search_term:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        # An address may filter by what the list shows or offers: Django lets it ask for any field of the row, and
        # whoever counts what is found would read a password's digest or a salary letter by letter. Nor by a field that
        # is masked, nor by what hangs on the row, of which the actor may see less than of the row itself.
        name = lookup.split(LOOKUP_SEP, 1)[0]
        try:
            field = self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return bool(super().lookup_allowed(lookup, value, request))
        if request is None or not field.concrete or name not in self._asked_for(request):
            return False
        seen = may_see_field(self.model._meta.label, name, self.actor(request))
        return seen and bool(super().lookup_allowed(lookup, value, request))

    def _asked_for(self, request: HttpRequest) -> set[str]:
        """The names by which an address may filter this list."""
        filters = [
            each[0] if isinstance(each, tuple | list) else each for each in self.get_list_filter(request)
        ]
        offered = {each.split(LOOKUP_SEP, 1)[0] for each in filters if isinstance(each, str)}
        return {self.opts.pk.name, *self.get_list_display(request), *self.address_filters, *offered}

    def response_action(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        # Django hands on what was sent for the ids, and what is no number would be an error of ours.
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if all(re.fullmatch(NUMBER, pk) for pk in chosen):
            return super().response_action(request, queryset)
        self.message_user(request, gettext("Choose rows of this list."), messages.WARNING)
        return None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: Any = super().get_queryset(request)
        is_long = issubclass(self.paginator, LongListPaginator)
        return queryset.visible_to(self.actor(request), walked=is_long)

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        paginator = super().get_paginator(request, *args, **kwargs)
        if isinstance(paginator, LongListPaginator):
            paginator.asked_for(request.GET)
        return paginator

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if self.everyone_may_view and request.user.is_active and getattr(request.user, "is_staff", False):
            return True
        return bool(super().has_view_permission(request, obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) or bool(super().has_module_permission(request))

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def add_refusal(form: BaseForm, refusal: ValidationError) -> None:
    """Show what an operation refused at the fields it names; what names no field of the form stands above it."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


class ReadOnlyModelAdmin(ShellModelAdmin):
    """Rows that are looked at, never typed: history, facts, what an operation alone writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
