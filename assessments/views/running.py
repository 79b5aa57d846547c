"""Who is in a test right now, and what is done for all of them at once: more time, a pause, going on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView

from assessments import operations
from assessments.forms import StartedForm, TimeForm, WhyForm
from assessments.models import Assessment, Attempt
from assessments.queries.running import running_attempts, running_rows
from shell.views import ShellPage

# As many as a page stays readable with; the steps reach everybody all the same.
MOST_SHOWN = 200


@dataclass(frozen=True)
class Step:
    """Something done for everybody who is in a test."""

    form: type[Form]
    whom: Q
    title: Any
    lead: Any
    button: Any
    act: Callable[..., int]
    done: Callable[[int], str]


STEPS = {
    "time": Step(
        form=TimeForm,
        whom=Q(),
        title=gettext_lazy("Give everyone time"),
        lead=gettext_lazy(
            "Each of them gets so many minutes more; the open pages follow within half a minute."
        ),
        button=gettext_lazy("Give them this time"),
        act=lambda ids, data, **common: operations.add_time_to_all(
            attempt_ids=ids, seconds=data["minutes"] * 60, reason=data["reason"], **common
        ),
        done=lambda count: ngettext("%d person got more time.", "%d people got more time.", count) % count,
    ),
    "pause": Step(
        form=WhyForm,
        whom=Q(paused_at=None),
        title=gettext_lazy("Pause everyone"),
        lead=gettext_lazy("All clocks stand still from one moment on, until you let them go on."),
        button=gettext_lazy("Pause them"),
        act=lambda ids, data, **common: operations.pause_all(
            attempt_ids=ids, reason=data["reason"], **common
        ),
        done=lambda count: ngettext("%d person is paused.", "%d people are paused.", count) % count,
    ),
    "resume": Step(
        form=WhyForm,
        whom=Q(paused_at__isnull=False),
        title=gettext_lazy("Let everyone go on"),
        lead=gettext_lazy("Each of them has as much time left as when they were paused."),
        button=gettext_lazy("Let them go on"),
        act=lambda ids, data, **common: operations.resume_all(
            attempt_ids=ids, reason=data["reason"], **common
        ),
        done=lambda count: ngettext("%d person goes on.", "%d people go on.", count) % count,
    ),
}


class _Running(ShellPage, TemplateView):
    """Those who are in a test at this moment, whom the actor sees, by when they started."""

    @cached_property
    def now(self) -> datetime:
        """The moment of this request."""
        return timezone.now()

    @cached_property
    def assessment(self) -> Assessment:
        """The test; 404 when it may not be seen."""
        return get_object_or_404(Assessment.objects.all().visible_to(self.actor), slug=self.kwargs["slug"])

    @cached_property
    def filter(self) -> StartedForm:
        """What the address asks for; a moment that makes no sense is said to be none and leaves nobody out."""
        form = StartedForm(self.request.GET)
        form.is_valid()
        return form

    @cached_property
    def attempts(self) -> QuerySet[Attempt]:
        """The attempts that the address asks for."""
        started = {name: self.filter.cleaned_data.get(name) for name in ("started_from", "started_to")}
        return running_attempts(self.assessment, actor=self.actor, **started)

    @property
    def query(self) -> str:
        """The filter as it goes on in an address."""
        asked = {name: self.request.GET.get(name, "") for name in ("started_from", "started_to")}
        return urlencode({name: value for name, value in asked.items() if value})

    @cached_property
    def may_change(self) -> bool:
        """Whether the actor may give time and pause."""
        return bool(self.request.user.has_perm("assessments.change_invitation"))

    def address(self) -> str:
        """The page of who is in the test, with the filter."""
        page = reverse("assessments:running", args=[self.assessment.slug])
        return f"{page}?{self.query}" if self.query else page

    def get_crumbs(self) -> list[tuple[str, str]]:
        name = self.assessment.name
        return [
            (_("Tests"), reverse("admin:assessments_assessment_changelist")),
            (name, reverse("admin:assessments_assessment_change", args=[self.assessment.pk])),
        ]


class RunningNowView(_Running):
    """Who is in a test, how far they are and how much time they have. Looks again by itself while it is seen."""

    @property
    def is_part(self) -> bool:
        """Whether the page that is open looks again by itself and wants no more than what changes."""
        return bool(getattr(self.request, "htmx", False))

    def get_template_names(self) -> list[str]:
        return ["assessments/parts/running_now.html" if self.is_part else "assessments/running.html"]

    def get_title(self) -> str:
        return _("Running now: %(test)s") % {"test": self.assessment.name}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = running_rows(self.attempts[: MOST_SHOWN + 1], now=self.now)
        steps = [
            (step.title, reverse("assessments:everyone", args=[self.assessment.slug, name]))
            for name, step in STEPS.items()
        ]
        return super().get_context_data(
            **kwargs,
            rows=rows[:MOST_SHOWN],
            more=self.attempts.count() - MOST_SHOWN if len(rows) > MOST_SHOWN else 0,
            filter=self.filter,
            query=self.query,
            address=self.address(),
            steps=steps if self.may_change else [],
            is_part=self.is_part,
            now=self.now,
        )


class EveryoneView(_Running):
    """One `Step` for everybody whom the filter leaves: who it reaches, then it is done."""

    template_name = "assessments/everyone.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if kwargs["what"] not in STEPS:
            raise Http404
        if request.user.is_authenticated and self.test_func() and not self.may_change:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def step(self) -> Step:
        """What is to be done."""
        return STEPS[self.kwargs["what"]]

    def get_title(self) -> str:
        return str(self.step.title)

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [*super().get_crumbs(), (_("Running now"), self.address())]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.step.form())
        reached = self.attempts.filter(self.step.whom)
        rows = running_rows(reached[:MOST_SHOWN], now=self.now)
        count = len(rows) if len(rows) < MOST_SHOWN else reached.count()
        return super().get_context_data(
            **kwargs, step=self.step, rows=rows, count=count, more=count - len(rows), address=self.address()
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do it to everybody who is in the test now: who started since the page was shown is among them."""
        form = self.step.form(request.POST)
        if not self.filter.is_valid():
            # A moment that cannot be read must not reach more people than were meant.
            form.add_error(None, _("The times of “Started” cannot be read. Go back and choose them again."))
        if form.is_valid():
            ids = list(self.attempts.filter(self.step.whom).values_list("pk", flat=True))
            try:
                count = self.step.act(ids, form.cleaned_data, by=self.actor, now=self.now)
            except ValidationError as refusal:
                form.add_error(None, refusal.messages)
            else:
                messages.success(request, self.step.done(count))
                return redirect(self.address())
        return self.render_to_response(self.get_context_data(form=form))
