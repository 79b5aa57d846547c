"""Trying out a bank: its questions on a candidate's pages, then what is right about each. Nothing of it is kept.

The pages are those of a preview, in the namespace "trial"; in the place of a version's number stands the bank's name.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from assessments import queries
from assessments.forms.trials import TrialForm
from assessments.models import AssessmentVersion
from assessments.queries import PREVIEW_KEY, Preview
from assessments.queries.trials import TrialChoice, draw_trial, may_try, trial_version
from assessments.taking import preview as pages
from questions.models import QuestionBank, Skill
from shell.views import ShellPage

# Where a session keeps what was chosen of a bank, for another form of it.
CHOICE_KEY = "assessments.trial"


class TrialView(pages.PreviewView):
    """A page of a trial; other addresses of a candidate's test lead to where the trial is."""

    namespace = "trial"
    back_label = gettext_lazy("Back to the bank")

    def dispatch(self, request: HttpRequest, *args: Any, code: str, **kwargs: Any) -> HttpResponseBase:
        if self.test_func() and not may_try(self.actor):
            raise PermissionDenied
        return super().dispatch(request, *args, code=code, **kwargs)

    @cached_property
    def bank(self) -> QuestionBank:
        """The bank; 404 when it may not be seen."""
        return get_object_or_404(QuestionBank.objects.all().visible_to(self.actor), slug=self.code)

    @cached_property
    def version(self) -> AssessmentVersion:
        """The test that the bank would be."""
        stored = self.request.session.get(PREVIEW_KEY)
        form = stored.get("form", ()) if isinstance(stored, dict) else ()
        return trial_version(self.bank, count=len(form) or 10)

    @cached_property
    def part(self) -> queries.PartReading | None:
        """A bank has no parts."""
        return None

    def strip(self) -> str:
        return _("Questions of a bank: nothing is kept.")

    def marks(self) -> str:
        return self.url("marks")

    def back(self) -> str:
        return reverse("admin:questions_questionbank_change", args=[self.bank.pk])


class ChooseTrial(ShellPage, TemplateView):
    """What of the bank is tried out, and the button that begins."""

    template_name = "assessments/trial.html"
    title = gettext_lazy("Try this bank out")
    code: str

    def dispatch(self, request: HttpRequest, *args: Any, code: str, **kwargs: Any) -> HttpResponseBase:
        self.code = code
        if self.test_func() and not may_try(self.actor):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def bank(self) -> QuestionBank:
        """The bank; 404 when it may not be seen."""
        return get_object_or_404(QuestionBank.objects.all().visible_to(self.actor), slug=self.code)

    @property
    def address(self) -> str:
        """Where the bank itself is."""
        return reverse("admin:questions_questionbank_change", args=[self.bank.pk])

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [
            (_("Banks"), reverse("admin:questions_questionbank_changelist")),
            (self.bank.name, self.address),
        ]

    def get_menu_path(self) -> str:
        return reverse("admin:questions_questionbank_changelist")

    def form(self, data: Any = None) -> TrialForm:
        """The form with the skills that questions of the bank have."""
        skills: Any = Skill.objects.filter(questions__bank=self.bank).distinct()
        return TrialForm(data, skills=skills.visible_to(self.actor).order_by("name", "pk"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", self.form())
        return super().get_context_data(
            **kwargs, bank=self.bank, start=reverse("trial:start", args=[self.code]), back=self.address
        )


class StartTrial(ChooseTrial):
    """Draws questions and leads to the first."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _to("test", self.code)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            if begin(request, self.bank, form.choice()):
                return _to("question", self.code, 1)
            form.add_error(
                None, _("The bank has no such question. Choose less narrowly, or take drafts, too.")
            )
        return self.render_to_response(self.get_context_data(form=form))


class AnotherTrial(TrialView):
    """Other questions by the same choice."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        chosen = request.session.get(CHOICE_KEY) or {}
        choice = TrialChoice(**chosen) if chosen else TrialChoice()
        return self.go("question", 1) if begin(request, self.bank, choice) else self.go("test")


def begin(request: HttpRequest, bank: QuestionBank, choice: TrialChoice) -> bool:
    """Let the session carry a form of `bank` from here on; whether there is any question in it."""
    drawn = draw_trial(bank, choice, seed=secrets.randbits(62), now=timezone.now())
    if drawn.total:
        request.session[PREVIEW_KEY], request.session[CHOICE_KEY] = drawn.stored(), asdict(choice)
    return bool(drawn.total)


def _to(name: str, *args: object) -> HttpResponse:
    return redirect(reverse(f"trial:{name}", args=args))


class QuestionTrial(TrialView, pages.QuestionPreview):
    """One question."""


class OverviewTrial(TrialView, pages.OverviewPreview):
    """All places, and handing in."""


class SubmitTrial(TrialView, pages.SubmitPreview):
    """Handing in, which asks once where a question is open."""


class FinishedTrial(TrialView):
    """Where a candidate's test ends, a trial says what is right."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.go("marks")


class TrialMarks(ChooseTrial):
    """Every question of the colleague's own trial with its key, its explanation and its mark."""

    template_name = "assessments/preview_marks.html"
    title = gettext_lazy("How your answers would be marked")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        version = trial_version(self.bank)
        preview = Preview.of(request.session.get(PREVIEW_KEY), version)
        reading = queries.read_preview(preview, version, now=timezone.now()) if preview else None
        if reading is None:
            return _to("test", self.code)
        context = self.get_context_data(reading=reading, version=version, trial=self.code)
        return self.render_to_response(context)


PAGES: dict[str, Any] = {
    "test": ChooseTrial,
    "start": StartTrial,
    "question": QuestionTrial,
    "overview": OverviewTrial,
    "submit": SubmitTrial,
    "finished": FinishedTrial,
}

urlpatterns = [
    path("<str:code>/marks/", TrialMarks.as_view(), name="marks"),
    *pages.addresses_of(PAGES, TrialView, AnotherTrial),
]
