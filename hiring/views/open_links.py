"""Open links of a job: made, copied, closed, and how many applied by them."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from assessments.models import OpenLink
from assessments.operations import take_open_links
from assessments.queries import open_link_lines, open_link_rows
from hiring import operations, queries
from hiring.enums import Capability
from hiring.forms import JobLinkForm
from hiring.models import JobOpenLink
from hiring.views.bases import REFUSALS, JobPage, add_errors
from shell.list_files import file_or_words


class _OpenLinks(JobPage):
    """The open links of a job."""

    needs = Capability.CHANGE_JOB

    def links(self) -> QuerySet[OpenLink]:
        """Those that the actor sees. Lazy."""
        ties = JobOpenLink.objects.filter(job=self.job)
        return OpenLink.objects.filter(pk__in=ties.values("open_link")).visible_to(self.actor)


class OpenLinksFileView(_OpenLinks, View):
    """The same as a file."""

    def get(self, request: HttpRequest, slug: str, format: str) -> HttpResponseBase:
        take = partial(take_open_links, self.links(), of=self.job, format=format, by=self.actor, now=self.now)
        return file_or_words(request, take, back=reverse("hiring:open-links", args=[slug]))


class OpenLinksView(_OpenLinks, TemplateView):
    """The same as a page, and a form for another."""

    title = gettext_lazy("Open links")
    template_name = "hiring/open_links.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        stages = queries.current_stages(self.job.pk)
        of_stage = next((stage.assessment_id for stage in stages if stage.assessment_id), None)
        initial = {"assessment": of_stage, "title": self.job.title}
        kwargs.setdefault("form", JobLinkForm(initial=initial, actor=self.actor))
        return super().get_context_data(
            **kwargs,
            lines=open_link_lines(open_link_rows(self.links()), now=self.now),
            here=self.request.path,
            file="hiring:open-links-file",
            links_of=self.job.slug,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = JobLinkForm(request.POST, actor=self.actor)
        if form.is_valid():
            try:
                operations.create_job_link(job=self.job, by=self.actor, now=self.now, **form.cleaned_data)
            except ValidationError as error:
                add_errors(form, error)
            except REFUSALS as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The link is made. Copy it into your posting."))
                return HttpResponseRedirect(request.path)
        return self.render_to_response(self.get_context_data(form=form))
