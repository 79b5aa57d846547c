"""What hiring's pages share: the job or application they are about, and how a refusal reaches the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.operations import CannotInvite
from hiring.models import Application, Job
from hiring.operations import HiringRefused
from hiring.queries import may_manage
from shell.views import ShellPage

# What an operation says in words for the person who asked.
REFUSALS = (HiringRefused, CannotInvite)


class HiringPage(ShellPage):
    """A page that reads the clock once."""

    @cached_property
    def now(self) -> datetime:
        """The moment of this request."""
        return timezone.now()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"now": self.now, **kwargs})


class JobPage(HiringPage):
    """A page about one job that the actor sees; with `for_recruiters` one that only those who manage it may open.

    Whoever may not gets the same 404 as for a job that does not exist.
    """

    for_recruiters = False
    kwargs: dict[str, Any]

    @cached_property
    def job(self) -> Job:
        """The job of the address."""
        job: Job = get_object_or_404(Job.objects.all().visible_to(self.actor), slug=self.kwargs["slug"])
        return job

    @cached_property
    def may_manage(self) -> bool:
        """Whether the actor moves, rejects, invites and imports here."""
        return may_manage(self.actor, self.job)

    @property
    def job_url(self) -> str:
        return reverse("hiring:job", args=[self.job.slug])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and self.for_recruiters and not self.may_manage:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_crumbs(self) -> Sequence[tuple[Any, str]]:
        return [(_("Jobs"), reverse("admin:hiring_job_changelist")), (self.job.title, self.job_url)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"job": self.job, "may_manage": self.may_manage, **kwargs})


class ApplicationPage(HiringPage):
    """A page about one application that the actor sees; with `for_recruiters` only for those who manage its job."""

    for_recruiters = False
    kwargs: dict[str, Any]

    @cached_property
    def application(self) -> Application:
        """The application of the address, with its person, job and stage."""
        rows = Application.objects.all().visible_to(self.actor).select_related("candidate", "job", "stage")
        application: Application = get_object_or_404(rows, public_id=self.kwargs["public_id"])
        return application

    @cached_property
    def may_manage(self) -> bool:
        """Whether the actor decides about this application."""
        return may_manage(self.actor, self.application.job)

    @property
    def application_url(self) -> str:
        return reverse("hiring:application", args=[self.application.public_id])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.test_func() and self.for_recruiters and not self.may_manage:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


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
