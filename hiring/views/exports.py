"""Lists as files."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.generic import View

from assessments.models import Invitation
from candidates.models import Candidate
from hiring import queries
from hiring.enums import Capability
from hiring.exports import (
    PeopleList,
    answers_response,
    applications_response,
    approvals_response,
    everybody_response,
    expired_response,
    interviews_response,
    invitations_response,
    jobs_response,
    people_response,
)
from hiring.forms import PeopleFilterForm
from hiring.models import Application, Job
from hiring.queries.replies import answers
from hiring.views.bases import HiringPage, JobPage
from hiring.views.dashboard import FunnelPeople, WaitingPeople
from shell.list_files import ChangeListFile, file_or_words

# What would tell an analyst, who may not know them, about one person.
_ABOUT_PEOPLE = ("q", "tag")


class PeopleFileView(JobPage, View):
    """Exactly the people whom a filter shows, as a file that a spreadsheet opens without running anything in it.

    Analysts, who see numbers and no people, get the rows without what names anybody. Asking for it changes nothing,
    but the history says who took what with them.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and not (self.sees_people or Capability.EXPORT_NUMBERS in self.rights):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def sees_people(self) -> bool:
        """Whether the file may name them."""
        return self.rights >= {Capability.SEE, Capability.EXPORT}

    def get(self, request: HttpRequest, slug: str, format: str) -> HttpResponseBase:
        with_names = self.sees_people
        parameters = request.GET.copy()
        for name in () if with_names else _ABOUT_PEOPLE:
            parameters.pop(name, None)
        form = PeopleFilterForm(parameters, job=self.job, actor=self.actor)
        everybody = (
            Application.objects.all().visible_to(self.actor) if with_names else queries.counted(self.actor)
        )
        rows = queries.with_list_columns(queries.narrowed(everybody, form.wanted(now=self.now), self.actor))
        sort = queries.PEOPLE_SORTS[form.chosen()["sort"] if with_names else "oldest"]
        taken = PeopleList(
            listed="people" if with_names else "people without names",
            name=f"{self.job.slug}-people",
            filters=form.used,
            job=self.job,
            with_names=with_names,
        )
        take = partial(
            people_response, rows.order_by(*sort), taken, format=format, by=self.actor, now=self.now
        )
        return file_or_words(request, take, back=f"{self.job_url}?{parameters.urlencode()}")


class EverybodyFileView(ChangeListFile):
    """The list of people, with whom the reader may take along."""

    model = Candidate
    taken = staticmethod(everybody_response)


class ApplicationsFileView(ChangeListFile):
    """The list of applications over all jobs."""

    model = Application
    taken = staticmethod(applications_response)


class JobsFileView(ChangeListFile):
    """The list of jobs, without people."""

    model = Job
    taken = staticmethod(jobs_response)


class InvitationsFileView(ChangeListFile):
    """The list of invitations to tests."""

    model = Invitation
    taken = staticmethod(invitations_response)


class _PageFileView(HiringPage, View):
    """The list of a page of ours, as its address narrows it down, as a file."""

    page: str

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:
        back = f"{reverse(self.page)}?{request.GET.urlencode()}"
        return file_or_words(request, partial(self.take, format), back=back)

    def take(self, format: str) -> HttpResponseBase:
        """Make the file. Raises `TooManyRows`."""
        raise NotImplementedError


class ExpiredFileView(_PageFileView):
    """Invitations that ran out before anybody started."""

    page = "hiring:needs-you"

    def take(self, format: str) -> HttpResponseBase:
        rows = queries.expired_invitations(self.actor, now=self.now)
        return expired_response(rows, format=format, by=self.actor, now=self.now)


class ApprovalsFileView(_PageFileView):
    """What waits for the actor's approval."""

    page = "hiring:approvals"

    def take(self, format: str) -> HttpResponseBase:
        rows = queries.waiting_approvals(self.actor)
        return approvals_response(rows, format=format, by=self.actor, now=self.now)


class AnswersFileView(_PageFileView):
    """What candidates answered to mail: what nobody has seen to, or all of it."""

    page = "hiring:answers"

    def take(self, format: str) -> HttpResponseBase:
        shows_all = self.request.GET.get("show") == "all"
        rows = answers(self.actor, unread=not shows_all)
        filters = [] if shows_all else ["unread"]
        return answers_response(rows, filters=filters, format=format, by=self.actor, now=self.now)


class InterviewsFileView(_PageFileView):
    """The interviews that the actor holds."""

    page = "hiring:interviews"

    def take(self, format: str) -> HttpResponseBase:
        rows = queries.my_interviews(self.actor)
        return interviews_response(rows, format=format, by=self.actor, now=self.now)


class WaitingFileView(WaitingPeople, View):
    """Everybody of a kind of what waits, as a file."""

    def get(self, request: HttpRequest, code: str, format: str) -> HttpResponseBase:
        taken = PeopleList(listed=f"waiting {code}", name=f"waiting-{code}", filters=_jobs(self))
        back = reverse("hiring:waiting", args=[code])
        return _file_or_words(self, taken, format, f"{back}?{urlencode(self.parameters)}")


class FunnelFileView(FunnelPeople, View):
    """Everybody behind a step of the funnel whom the actor sees, as a file."""

    def get(self, request: HttpRequest, step: str, format: str) -> HttpResponseBase:
        key = self.step.key
        taken = PeopleList(listed=f"funnel {key}", name=f"reached-{key}", filters=["period", *_jobs(self)])
        back = reverse("hiring:funnel", args=[key])
        return _file_or_words(self, taken, format, f"{back}?{urlencode(self.parameters)}")


def _jobs(page: WaitingPeople | FunnelPeople) -> list[str]:
    return ["job"] if page.chosen_job else []


def _file_or_words(
    page: WaitingPeople | FunnelPeople,
    taken: PeopleList,
    format: str,
    back: str,
) -> HttpResponseBase:
    take = partial(people_response, page.rows(), taken, format=format, by=page.actor, now=page.now)
    return file_or_words(page.request, take, back=back)
