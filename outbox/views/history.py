"""The history: who did what, and when. For administrators; nobody changes it."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from accounts.enums import Role
from outbox import operations, queries
from outbox.models import Event
from shell.columns import page_links
from shell.list_files import file_or_words
from shell.views import ShellPage

PAGE_SIZE = 50


class _History(ShellPage):
    """Everything that happened, newest first, narrowed down by what it is, who did it and when."""

    title = gettext_lazy("History")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not self.actor.has_role(Role.ADMINISTRATOR):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def wanted(self) -> queries.HistoryFilter:
        """What the address narrows it down to."""
        return queries.history_filter(self.request.GET, self.actor)

    def events(self) -> QuerySet[Event]:
        """What it holds. Lazy."""
        return self.wanted.narrowed(Event.objects.all().visible_to(self.actor))


class HistoryPage(_History, TemplateView):
    """The same as a page."""

    template_name = "outbox/history.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = self.events().select_related("actor_user")
        page = Paginator(events, PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            wanted=self.wanted,
            page=page,
            lines=queries.event_lines(page.object_list, self.actor),
            page_links=page_links(page, self.request.GET),
            **kwargs,
        )


class HistoryFile(_History, View):
    """The same as a file."""

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:
        take = partial(
            operations.take_history,
            self.events(),
            listed="history",
            name="history",
            filters=self.wanted.used,
            format=format,
            by=self.actor,
            now=timezone.now(),
        )
        return file_or_words(request, take, back=f"{reverse('outbox:history')}?{request.GET.urlencode()}")
