"""Links that say where applicants came from: those of a job, and those to all open jobs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from accounts.enums import Role
from hiring import operations
from hiring.enums import Capability, Source
from hiring.exports import tracking_response
from hiring.forms import TrackingLinkForm
from hiring.models import Job, TrackingLink
from hiring.queries import careers
from hiring.views.bases import HiringPage, JobPage, add_errors
from shell.home import home_of
from shell.list_files import file_or_words


class _Links(HiringPage):
    """Tracking links with how many applied by each. `of_job` is None for those to all jobs."""

    @property
    def of_job(self) -> Job | None:
        return None

    def address_of(self, link: TrackingLink) -> str:
        """The address to be posted."""
        return f"{self.home}{reverse('careers:go', args=[link.public_id])}"

    @cached_property
    def home(self) -> str:
        return home_of(self.request).address


class _LinksFile(_Links, View):
    """The same as a file."""

    def get(self, request: HttpRequest, format: str, slug: str = "") -> HttpResponseBase:
        take = partial(
            tracking_response,
            self.of_job,
            address=self.address_of,
            format=format,
            by=self.actor,
            now=self.now,
        )
        of_job = reverse("hiring:tracking", args=[slug]) if slug else ""
        return file_or_words(request, take, back=of_job or reverse("hiring:all-tracking"))


class _LinksPage(_Links, TemplateView):
    """The same as a page, and a form for another."""

    template_name = "hiring/tracking.html"

    def closing_url(self, link: TrackingLink) -> str:
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", TrackingLinkForm(actor=self.actor))
        return super().get_context_data(
            **kwargs,
            lines=[
                {
                    "link": link,
                    "source": Source(link.source).label,
                    "url": self.address_of(link),
                    "closing_url": self.closing_url(link),
                }
                for link in careers.tracking_links_of(self.of_job, self.actor)
            ],
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TrackingLinkForm(request.POST, actor=self.actor)
        if form.is_valid():
            try:
                operations.create_tracking_link(
                    job=self.of_job, by=self.actor, now=self.now, **form.cleaned_data
                )
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(request, _("The link is made. Copy it to where people will find it."))
                return HttpResponseRedirect(request.path)
        return self.render_to_response(self.get_context_data(form=form))


class _ForRecruiters(HiringPage):
    """A page of no single job, for recruiters and administrators."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not self.actor.has_role(Role.RECRUITER, Role.ADMINISTRATOR):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Jobs"), reverse("admin:hiring_job_changelist"))]


class _OfJob(JobPage):
    """What is about the links of one job."""

    needs = Capability.CHANGE_JOB

    @property
    def of_job(self) -> Job:
        return self.job


class TrackingFileView(_OfJob, _LinksFile):
    """The tracking links of a job as a file."""


class TrackingView(_OfJob, _LinksPage):
    """The tracking links of a job."""

    title = gettext_lazy("Where applicants come from")

    def closing_url(self, link: TrackingLink) -> str:
        return reverse("hiring:tracking-close", args=[self.job.slug, link.public_id])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_recruiter = self.actor.has_role(Role.RECRUITER, Role.ADMINISTRATOR)
        return super().get_context_data(**{"is_recruiter": is_recruiter, **kwargs})


class AllJobsTrackingFileView(_ForRecruiters, _LinksFile):
    """The tracking links to all open jobs as a file."""


class AllJobsTrackingView(_ForRecruiters, _LinksPage):
    """The tracking links to all open jobs."""

    title = gettext_lazy("Links to all open jobs")

    def closing_url(self, link: TrackingLink) -> str:
        return reverse("hiring:all-tracking-close", args=[link.public_id])


class _Closing(View):
    """Let nobody come by a link any more."""

    http_method_names = ["post"]

    def close(self, links: Any, code: str, way_back: str) -> HttpResponse:
        link = get_object_or_404(links.visible_to(self.actor).select_related("job"), public_id=code)  # type: ignore[attr-defined]
        operations.close_tracking_link(link=link, by=self.actor, now=self.now)  # type: ignore[attr-defined]
        messages.success(self.request, _("The link is closed. Who came by it keeps its source."))
        return HttpResponseRedirect(way_back)


class CloseTrackingLinkView(JobPage, _Closing):
    """Close a link of a job."""

    needs = Capability.CHANGE_JOB

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        links = TrackingLink.objects.filter(job=self.job)
        return self.close(links, code, reverse("hiring:tracking", args=[self.job.slug]))


class CloseAllJobsLinkView(_ForRecruiters, _Closing):
    """Close a link to all open jobs."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        return self.close(TrackingLink.objects.filter(job=None), code, reverse("hiring:all-tracking"))
