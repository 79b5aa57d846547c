"""Following a job or a person, and no more, by POST alone."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.generic import View

from candidates.models import Candidate
from hiring import operations, queries
from hiring.views.bases import HiringPage, JobPage


class FollowJobView(JobPage, View):
    """Hear what happens with the people of a job, or no more."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        if not queries.sees_people_of(self.actor, self.job):
            raise Http404
        wanted = request.POST.get("follow") == "on"
        operations.follow_job(job=self.job, wanted=wanted, by=self.actor)
        words = _("You follow “%s” now: what happens stands under the bell.")
        messages.success(
            request, (words if wanted else _("You do not follow “%s” any more.")) % self.job.title
        )
        return HttpResponseRedirect(self.job_url)


class FollowPersonView(HiringPage, View):
    """Hear what happens with a person, or no more."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, public_id: str) -> HttpResponse:
        people = Candidate.objects.all().visible_to(self.actor)
        candidate: Candidate = get_object_or_404(people, public_id=public_id)
        wanted = request.POST.get("follow") == "on"
        operations.follow_person(candidate=candidate, wanted=wanted, by=self.actor)
        words = _("You follow %s now: what happens stands under the bell.")
        messages.success(request, (words if wanted else _("You do not follow %s any more.")) % candidate)
        return HttpResponseRedirect(reverse("hiring:person", args=[candidate.public_id]))
