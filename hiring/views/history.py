"""What happened to a job and to the applications for it, for its recruiters."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from hiring.enums import Capability
from hiring.models import Application, Job
from hiring.views.bases import JobPage
from outbox.models import Event
from outbox.queries import event_lines, events_about, history_filter
from shell.columns import page_links

PAGE_SIZE = 50


class JobHistoryView(JobPage, TemplateView):
    """The part of the history that is about a job, newest first."""

    needs = Capability.CHANGE_JOB
    template_name = "hiring/history.html"

    def get_title(self) -> str:
        return _("History of the job")

    def get_menu_path(self) -> str:
        return self.job_url

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wanted = history_filter(self.request.GET, self.actor)
        of_job = Application.objects.filter(job=self.job).values("pk")
        about = events_about([(Job._meta.label, self.job.pk), (Application._meta.label, of_job)])
        events = wanted.narrowed(Event.objects.filter(about).visible_to(self.actor))
        page = Paginator(events.select_related("actor_user"), PAGE_SIZE).get_page(
            self.request.GET.get("page")
        )
        return super().get_context_data(
            wanted=wanted,
            page=page,
            lines=event_lines(page.object_list, self.actor),
            page_links=page_links(page, self.request.GET),
            **kwargs,
        )
