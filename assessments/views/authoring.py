"""Writing a test: its rules, and the steps from draft to published to retired."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from assessments import operations, queries
from assessments.forms import BlueprintForm
from assessments.models import Assessment, AssessmentVersion
from assessments.queries.editions import blueprint_mark, last_writing
from questions.models import Question, QuestionBank, Skill
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
    """The blueprint of a draft: its sections, and a line for each rule.

    Lines are added, moved and removed by posts that write nothing, so that it works without scripts and what was
    typed stays; only "save" writes, the whole blueprint at once.
    """

    template_name = "assessments/rules.html"
    title = gettext_lazy("Which questions each person gets")

    @cached_property
    def banks(self) -> list[QuestionBank]:
        return list(QuestionBank.objects.all().visible_to(self.actor).order_by("name", "pk"))

    def form(self, data: Any = None, stored: queries.Blueprint | None = None) -> BlueprintForm:
        """Return the blueprint, as stored or as typed."""
        skills: Any = Skill.objects.all().visible_to(self.actor).order_by("name", "pk")
        return BlueprintForm(data, stored=stored, banks=self.banks, skills=list(skills), find=self.find)

    def find(self, bank: QuestionBank, external_id: str) -> Question | None:
        """Return a question of a bank by its id."""
        return self.typed_questions.get((bank.pk, external_id))

    @cached_property
    def typed_questions(self) -> dict[tuple[int, str], Question]:
        """Every question that was typed by its id, in the banks that may be seen."""
        typed = {
            str(value).strip() for name, value in self.request.POST.items() if name.endswith("-question")
        }
        found = Question.objects.filter(bank__in=self.banks, external_id__in=typed).select_related("bank")
        return {(question.bank_id, question.external_id): question for question in found}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Before what it stands for: a save between the two is noticed then, not lost.
        made_from = blueprint_mark(self.draft)
        plan = queries.blueprint(self.draft)
        return self.show(self.form(stored=plan), plan, made_from=made_from)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if "do" in request.POST:
            form.change(request.POST["do"])
            return self.show(form, self.plan_of(form), is_changed=True)
        # The button that saves over what a colleague wrote says which blueprint of theirs it is about.
        made_from = request.POST.get("over") or request.POST.get("made_from")
        if not form.is_valid():
            return self.show(form, self.plan_of(form))
        try:
            operations.write_blueprint(
                version=self.draft,
                sections=form.drafts(),
                made_from=made_from,
                by=self.actor,
                now=timezone.now(),
            )
        except operations.BlueprintChanged:
            return self.ask_whose(form)
        except ValidationError as refusal:
            return self.show(form, self.plan_of(form), problems=refusal.messages)
        except operations.VersionLocked as refusal:
            messages.error(request, str(refusal))
            return redirect(self.address)
        messages.success(request, _("The blueprint is saved."))
        return redirect("assessments:rules", self.assessment.slug)

    def ask_whose(self, form: BlueprintForm) -> HttpResponse:
        """Say who saved another blueprint meanwhile, with all that was typed, and let the person choose."""
        mark, now = blueprint_mark(self.draft), timezone.now()
        return self.show(
            form, self.plan_of(form), status=409, mark_now=mark, theirs=last_writing(self.assessment), now=now
        )

    def plan_of(self, form: BlueprintForm) -> queries.Blueprint:
        """Return the numbers of what was typed, as far as it can be understood."""
        rows = operations.unsaved(self.draft, form.drafts())
        for number, rule in enumerate((rule for _section, rules in rows for rule in rules), start=1):
            rule.pk = -number
        return queries.blueprint_of(self.draft, rows)

    def show(
        self, form: BlueprintForm, plan: queries.Blueprint, *, status: int = 200, **kwargs: Any
    ) -> HttpResponse:
        form.show(plan)
        kwargs.setdefault("made_from", self.request.POST.get("made_from"))
        return self.render_to_response(
            self.get_context_data(
                assessment=self.assessment,
                version=self.draft,
                form=form,
                faults=form.faults() if form.is_sent else [],
                plan=plan,
                ready=queries.ready_by_id(self.banks) if form.has_fixed else [],
                back=self.address,
                **kwargs,
            ),
            status=status,
        )


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
        return super().get_context_data(
            **kwargs,
            blueprint=queries.blueprint(self.draft),
            version=self.draft,
            facts=queries.version_facts(self.draft),
        )

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
