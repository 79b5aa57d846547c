"""The history: who did what, and when. For administrators; nobody changes it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from accounts.enums import Role
from outbox import queries
from outbox.models import Event
from shell.columns import page_links
from shell.views import ShellPage

PAGE_SIZE = 50


class HistoryPage(ShellPage, TemplateView):
    """Everything that happened, newest first, narrowed down by what it is, who did it and when."""

    title = gettext_lazy("History")
    template_name = "outbox/history.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not self.actor.has_role(Role.ADMINISTRATOR):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = queries.history_filter(self.request.GET, self.actor)
        events = wanted.narrowed(Event.objects.all().visible_to(self.actor)).select_related("actor_user")
        page = Paginator(events, PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            wanted=wanted,
            page=page,
            lines=queries.event_lines(page.object_list, self.actor),
            page_links=page_links(page, self.request.GET),
            **kwargs,
        )
