"""What happened to a job and to the applications for it, for its recruiters."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View

from hiring.enums import Capability
from hiring.models import Application, Job
from hiring.views.bases import JobPage
from outbox.models import Event
from outbox.operations import take_history
from outbox.queries import HistoryFilter, event_lines, events_about, history_filter
from shell.columns import page_links
from shell.list_files import file_or_words

PAGE_SIZE = 50


class _JobHistory(JobPage):
    """The part of the history that is about a job, newest first."""

    needs = Capability.CHANGE_JOB

    @cached_property
    def wanted(self) -> HistoryFilter:
        """What the address narrows it down to."""
        return history_filter(self.request.GET, self.actor)

    def events(self) -> QuerySet[Event]:
        """What it holds. Lazy."""
        of_job = Application.objects.filter(job=self.job).values("pk")
        about = events_about([(Job._meta.label, self.job.pk), (Application._meta.label, of_job)])
        return self.wanted.narrowed(Event.objects.filter(about).visible_to(self.actor))


class JobHistoryView(_JobHistory, TemplateView):
    """The same as a page."""

    template_name = "hiring/history.html"

    def get_title(self) -> str:
        return _("History of the job")

    def get_menu_path(self) -> str:
        return self.job_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        events = self.events().select_related("actor_user")
        page = Paginator(events, PAGE_SIZE).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            wanted=self.wanted,
            page=page,
            lines=event_lines(page.object_list, self.actor),
            page_links=page_links(page, self.request.GET),
            **kwargs,
        )


class JobHistoryFileView(_JobHistory, View):
    """The same as a file."""

    def get(self, request: HttpRequest, slug: str, format: str) -> HttpResponseBase:
        take = partial(
            take_history,
            self.events(),
            listed="history of a job",
            name=f"{slug}-history",
            filters=self.wanted.used,
            about=Job._meta.label,
            about_id=self.job.pk,
            format=format,
            by=self.actor,
            now=self.now,
        )
        back = f"{reverse('hiring:history', args=[slug])}?{request.GET.urlencode()}"
        return file_or_words(request, take, back=back)
