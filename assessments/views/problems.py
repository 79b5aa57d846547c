"""What candidates reported as wrong with questions: the list that authors work off, and settling one."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView

from assessments import operations, queries
from assessments.exports import PROBLEMS
from assessments.forms import SettleForm
from assessments.models import ProblemReport
from questions.models import Question
from questions.queries import plain_stem
from shell.list_files import file_or_words
from shell.views import ShellPage

PAGE_SIZE = 50
LARGEST_ID = 2**31 - 1


class _Problems(ShellPage):
    """For those who write questions and those who recruit; which reports they see is the grants' matter."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.user.is_authenticated and self.test_func() and not self.may_settle(request):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def may_settle(self, request: HttpRequest) -> bool:
        return any(
            request.user.has_perm(name)
            for name in ("questions.change_question", "assessments.change_invitation")
        )

    @property
    def shows_all(self) -> bool:
        """Whether the settled ones are asked for, too."""
        return "all" in self.request.GET

    @cached_property
    def question(self) -> Question | None:
        """The one question of which the reports are asked for."""
        wanted = self.request.GET.get("question", "")
        if not wanted.isascii() or not wanted.isdigit() or int(wanted) > LARGEST_ID:
            return None
        return Question.objects.filter(pk=int(wanted)).visible_to(self.actor).first()

    def reports(self) -> QuerySet[ProblemReport]:
        """The reports that the address asks for. Lazy."""
        read = queries.problem_rows if self.shows_all else queries.open_problems
        return read(self.actor, question_id=self.question.pk if self.question else None)


class ProblemsView(_Problems, TemplateView):
    """The reports that wait, the oldest first; with `?all` the settled ones too, the latest first."""

    title = gettext_lazy("Problems reported with questions")
    template_name = "assessments/problems.html"

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Questions"), reverse("admin:questions_question_changelist"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(self.reports(), PAGE_SIZE).get_page(self.request.GET.get("page"))
        reports = list(page.object_list)
        readable = queries.readable_attempts(self.actor, reports)
        return super().get_context_data(
            **kwargs,
            page=page,
            rows=[
                {
                    "report": report,
                    "asked": plain_stem(report.question_version.stem),
                    "may_open_attempt": report.attempt_id in readable,
                }
                for report in reports
            ],
            question=self.question,
            shows_all=self.shows_all,
            form=SettleForm(),
        )


class ProblemsFileView(_Problems, View):
    """The same list as a file. Whose test it was stands in neither."""

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:
        narrowed = {"all": self.shows_all, "question": self.question}
        take = partial(
            PROBLEMS.take,
            self.reports(),
            filters=[name for name, value in narrowed.items() if value],
            format=format,
            by=self.actor,
            now=timezone.now(),
        )
        back = f"{reverse('assessments:problems')}?{request.GET.urlencode()}"
        return file_or_words(request, take, back=back)


class SettleView(_Problems, View):
    """Take one report off the list."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        report = get_object_or_404(queries.problem_rows(self.actor), pk=pk)
        form = SettleForm(request.POST)
        if form.is_valid():
            note = form.cleaned_data["note"]
            operations.settle_problem(report=report, note=note, by=self.actor, now=timezone.now())
            messages.success(request, _("The report is settled."))
        else:
            messages.error(request, " ".join(str(error) for error in form.errors["note"]))
        back = request.POST.get("from", "")
        home = reverse("assessments:problems")
        attempt = reverse("assessments:attempt", args=[report.attempt_id])
        return redirect(back if back.split("?")[0] in (home, attempt) else home)
