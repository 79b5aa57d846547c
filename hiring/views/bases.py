"""What hiring's pages share: the job or application they are about, and how a refusal reaches the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.operations import CannotInvite
from candidates.operations import MergeRefused
from hiring.enums import Capability
from hiring.models import Application, Job
from hiring.operations import HiringRefused
from hiring.queries import rights_on
from hiring.views.turning import kept_query
from shell.views import ShellPage

# What an operation says in words for the person who asked.
REFUSALS = (HiringRefused, CannotInvite, MergeRefused)


class HiringPage(ShellPage):
    """A page that reads the clock once."""

    @cached_property
    def now(self) -> datetime:
        """The moment of this request."""
        return timezone.now()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"now": self.now, **kwargs})


class JobPage(HiringPage):
    """A page about one job that the actor sees, and for which their role there includes what it `needs`.

    Whoever may not gets the same 404 as for a job that does not exist.
    """

    needs: Capability | None = None
    kwargs: dict[str, Any]

    @cached_property
    def job(self) -> Job:
        """The job of the address."""
        job: Job = get_object_or_404(self.jobs(), slug=self.kwargs["slug"])
        return job

    def jobs(self) -> QuerySet[Job]:
        """The jobs that the actor sees, with what else the page says of its own."""
        jobs: QuerySet[Job] = Job.objects.all().visible_to(self.actor)
        return jobs

    @cached_property
    def rights(self) -> frozenset[Capability]:
        """What the actor may do on this job."""
        return rights_on(self.actor, self.job)

    @property
    def may_manage(self) -> bool:
        """Whether the actor changes the job itself."""
        return Capability.CHANGE_JOB in self.rights

    @property
    def job_url(self) -> str:
        return reverse("hiring:job", args=[self.job.slug])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and self.needs is not None and self.needs not in self.rights:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Jobs"), reverse("admin:hiring_job_changelist")), (self.job.title, self.job_url)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"job": self.job, **rights_context(self.rights), **kwargs})


class ApplicationPage(HiringPage):
    """A page about one application that the actor sees, whose job gives them what the page `needs`."""

    needs: Capability | None = None
    kwargs: dict[str, Any]

    @cached_property
    def application(self) -> Application:
        """The application of the address, with its person, job, stage and who has the credit for it."""
        parts = ("candidate", "job", "stage", "referred_by", "tracking_link")
        rows = Application.objects.all().visible_to(self.actor).select_related(*parts)
        application: Application = get_object_or_404(rows, public_id=self.kwargs["public_id"])
        return application

    @cached_property
    def rights(self) -> frozenset[Capability]:
        """What the actor may do on the job of this application."""
        return rights_on(self.actor, self.application.job)

    @property
    def may_manage(self) -> bool:
        """Whether the actor changes the job itself."""
        return Capability.CHANGE_JOB in self.rights

    @property
    def application_url(self) -> str:
        return self.in_list(reverse("hiring:application", args=[self.application.public_id]))

    def in_list(self, address: str) -> str:
        """Return `address` with what says from which list the application was opened, if it was."""
        query = kept_query(self.request.GET)
        if not query:
            return address
        return f"{address}{'&' if '?' in address else '?'}{query}"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and self.needs is not None and self.needs not in self.rights:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


def rights_context(rights: frozenset[Capability]) -> dict[str, Any]:
    """What templates ask: `may.decide`, `may.move` and so on; `may_manage` whether the job itself can be changed."""
    may = {code.name.lower(): code in rights for code in Capability}
    return {"may": may, "may_manage": Capability.CHANGE_JOB in rights}


def add_errors(form: Form, error: ValidationError) -> None:
    """Put what an operation found wrong beside the fields; what belongs to no field above them."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for field, errors in error.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


def told(request: HttpRequest, act: Callable[[], Any]) -> Any:
    """Do `act` and return what it returns; where it is refused the person is told and None returned."""
    try:
        return act()
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    return None
