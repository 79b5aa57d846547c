"""Links of a job that say where its applicants came from."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from hiring import operations
from hiring.enums import Capability, Source
from hiring.forms import TrackingLinkForm
from hiring.models import TrackingLink
from hiring.queries import careers
from hiring.views.bases import JobPage, add_errors
from shell.home import home_of


class TrackingView(JobPage, TemplateView):
    """The tracking links of a job with how many applied by each, and a form for another."""

    needs = Capability.CHANGE_JOB
    title = gettext_lazy("Where applicants come from")
    template_name = "hiring/tracking.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", TrackingLinkForm(actor=self.actor))
        address = home_of(self.request).address
        return super().get_context_data(
            **kwargs,
            lines=[
                {
                    "link": link,
                    "source": Source(link.source).label,
                    "url": f"{address}{reverse('careers:go', args=[link.public_id])}",
                }
                for link in careers.tracking_links_of(self.job, self.actor)
            ],
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = TrackingLinkForm(request.POST, actor=self.actor)
        if form.is_valid():
            try:
                operations.create_tracking_link(
                    job=self.job, by=self.actor, now=self.now, **form.cleaned_data
                )
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(request, _("The link is made. Copy it to where people will find it."))
                return HttpResponseRedirect(request.path)
        return self.render_to_response(self.get_context_data(form=form))


class CloseTrackingLinkView(JobPage, View):
    """Let nobody come by a link any more."""

    needs = Capability.CHANGE_JOB
    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str, code: str) -> HttpResponse:
        links = TrackingLink.objects.filter(job=self.job).visible_to(self.actor).select_related("job")
        link = get_object_or_404(links, public_id=code)
        operations.close_tracking_link(link=link, by=self.actor, now=self.now)
        messages.success(request, _("The link is closed. Who came by it keeps its source."))
        return HttpResponseRedirect(reverse("hiring:tracking", args=[self.job.slug]))
