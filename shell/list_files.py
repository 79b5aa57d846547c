"""How a page hands a list over as a file; what stands in it is the matter of the app that has the list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.views.generic import View

from rendering.downloads import TooManyRows
from shell.views import ShellPage


def file_or_words(
    request: HttpRequest, take: Callable[[], HttpResponseBase], *, back: str
) -> HttpResponseBase:
    """Return the file that `take` makes, or lead `back` to its list with the words why there is none."""
    try:
        return take()
    except TooManyRows as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(back)


class ChangeListFile(ShellPage, View):
    """A list of the admin, which knows by itself how it is narrowed down and sorted, as a file.

    `taken` makes the file of the rows of `model` that the list shows: the rows, then `filters`, `format`, `by` and
    `now` by name. Who may not open the list gets the 404 of an address that is not there.
    """

    model: type[Model]
    taken: Callable[..., HttpResponseBase]

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:
        listed = admin.site.get_model_admin(self.model)
        back = reverse(f"admin:{self.model._meta.label_lower.replace('.', '_')}_changelist")
        if not listed.has_view_permission(request):
            raise Http404
        try:
            changes = listed.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(back)
        take = partial(
            self.taken,
            changes.queryset,
            filters=list(changes.filter_params),
            format=format,
            by=self.actor,
            now=timezone.now(),
        )
        return file_or_words(request, take, back=f"{back}{changes.get_query_string()}")
