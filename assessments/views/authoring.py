"""Writing a test: its rules, and the steps from draft to published to retired."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from assessments import operations, queries
from assessments.forms import RuleFormSet
from assessments.models import Assessment, AssessmentVersion
from questions.models import QuestionBank, Skill
from shell.views import ShellPage


class TestPage(ShellPage, TemplateView):
    """Base of the pages of one test, for those who may change it."""

    __test__ = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        may = request.user.is_authenticated and request.user.has_perm("assessments.change_assessment")
        if request.user.is_authenticated and self.test_func() and not may:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def assessment(self) -> Assessment:
        """The test; 404 when it may not be seen."""
        tests = Assessment.objects.all().visible_to(self.actor).select_related("current_version")
        return get_object_or_404(tests, slug=self.kwargs["slug"])

    @cached_property
    def draft(self) -> AssessmentVersion:
        """The version that is being written; 404 when there is none."""
        draft = queries.draft_of(self.assessment)
        if draft is None:
            raise Http404
        return draft

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [
            (_("Tests"), reverse("admin:assessments_assessment_changelist")),
            (self.assessment.name, self.address),
        ]

    @property
    def address(self) -> str:
        """Where the test itself is."""
        return reverse("admin:assessments_assessment_change", args=[self.assessment.pk])


class RulesView(TestPage):
    """The blueprint of a draft: a line for each rule."""

    template_name = "assessments/rules.html"
    title = gettext_lazy("Which questions each person gets")

    def formset(self, data: Any = None) -> Any:
        """Return the lines, as stored or as typed."""
        rules = queries.rules_in_order(self.draft)
        initial = [
            {
                "bank": rule.bank_id,
                "skill": rule.skill_id,
                "level": rule.level,
                "difficulty": rule.difficulty,
                "count": rule.count,
                "marks": rule.marks.normalize(),
            }
            for rule in rules
        ]
        banks: Any = QuestionBank.objects.all().visible_to(self.actor).order_by("name", "pk")
        skills: Any = Skill.objects.all().visible_to(self.actor).order_by("name", "pk")
        return RuleFormSet(
            data, initial=initial, prefix="rules", form_kwargs={"banks": banks, "skills": skills}
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("formset", self.formset())
        return super().get_context_data(
            **kwargs, assessment=self.assessment, blueprint=queries.blueprint(self.draft), back=self.address
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        formset = self.formset(request.POST)
        if not formset.is_valid():
            return self.render_to_response(self.get_context_data(formset=formset))
        rules = [draft for form in formset if (draft := form.draft()) is not None]
        try:
            operations.replace_rules(version=self.draft, rules=rules, by=self.actor, now=timezone.now())
        except operations.VersionLocked as refusal:
            messages.error(request, str(refusal))
            return redirect(self.address)
        messages.success(request, _("The rules are saved."))
        if "more" in request.POST:
            return redirect("assessments:rules", self.assessment.slug)
        return redirect(self.address)


class TestStep(TestPage):
    """A step that is asked once: a page that says what happens, and a button."""

    template_name = "assessments/test_step.html"
    lead: Any = ""
    button: Any = ""
    done: Any = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            **kwargs, assessment=self.assessment, lead=self.lead, button=self.button, back=self.address
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.act()
        except operations.PublishError as refusal:
            return self.render_to_response(self.get_context_data(problems=refusal.problems))
        except operations.VersionLocked as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, self.done)
        return redirect(self.address)

    def act(self) -> None:
        """Do it."""
        raise NotImplementedError


class PublishView(TestStep):
    """Freeze the draft and use it for new invitations."""

    title = gettext_lazy("Publish this version")
    lead = gettext_lazy(
        "The rules, the limits and the questions that may be drawn are frozen. New invitations get this version; "
        "people who were invited before keep theirs."
    )
    button = gettext_lazy("Publish")
    done = gettext_lazy("The version is published. New invitations get it.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs, blueprint=queries.blueprint(self.draft), version=self.draft)

    def act(self) -> None:
        operations.publish_version(version=self.draft, by=self.actor, now=timezone.now())


class NewVersionView(TestStep):
    """Start a draft that is a copy of the version in force."""

    title = gettext_lazy("Start a new version")
    lead = gettext_lazy(
        "It starts as a copy of the latest one. Nothing changes for candidates until it is published."
    )
    button = gettext_lazy("Start a new version")
    done = gettext_lazy("Here is the new version. Change it, then publish it.")

    def act(self) -> None:
        operations.draft_version(assessment=self.assessment, by=self.actor, now=timezone.now())


class RetireView(TestStep):
    """Invite nobody to a test any more."""

    title = gettext_lazy("Retire this test")
    lead = gettext_lazy("Nobody can be invited to it any more. People who were invited can still take it.")
    button = gettext_lazy("Retire")
    done = gettext_lazy("The test is retired.")

    def act(self) -> None:
        operations.retire_assessment(assessment=self.assessment, by=self.actor, now=timezone.now())
