"""Reviews of questions: what waits for whom, and sending a question back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from questions import operations, queries
from questions.enums import Kind, Status
from questions.forms.reviewing import SendBackForm
from questions.models import Question
from questions.queries.reviews import own_reviews, sent_back_to, waiting_reviews
from questions.views.history import QuestionPage
from shell.views import ShellPage

PAGE_SIZE = 50
# Of the two shorter lists: what is somebody's own is never long.
MOST_OWN = 50


class ReviewsView(ShellPage, TemplateView):
    """What waits for a review by whoever looks, what came back to them, and what of theirs waits for a colleague."""

    template_name = "questions/reviews.html"
    title = gettext_lazy("Reviews of questions")
    request: Any

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        may = request.user.is_authenticated and request.user.has_perm("questions.change_question")
        if request.user.is_authenticated and self.test_func() and not may:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_crumbs(self) -> list[tuple[str, str]]:
        return [(_("Questions"), reverse("admin:questions_question_changelist"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(_shown(waiting_reviews(self.actor)), PAGE_SIZE).get_page(
            self.request.GET.get("page")
        )
        return super().get_context_data(
            **kwargs,
            page=page,
            waiting=_rows(page.object_list),
            back=_rows(_shown(sent_back_to(self.actor))[:MOST_OWN]),
            own=_rows(_shown(own_reviews(self.actor))[:MOST_OWN]),
            now=timezone.now(),
        )


def _shown(questions: QuerySet[Question]) -> QuerySet[Question]:
    return queries.with_stem(questions.select_related("bank", "review_asked_by"))


def _rows(questions: Any) -> list[dict[str, Any]]:
    return [
        {
            "question": question,
            "asked": queries.plain_stem(question.stem or "") or question.external_id,
            "status": Status(question.status),
        }
        for question in questions
    ]


class SendBackView(QuestionPage):
    """The question as it waits, and what is to be changed."""

    template_name = "questions/send_back.html"
    title = gettext_lazy("Send this question back")
    needed = "questions.change_question"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        kwargs.setdefault("form", SendBackForm())
        latest = queries.latest_version(self.question)
        return super().get_context_data(
            **kwargs,
            question=self.question,
            preview=queries.rendered(latest) if latest else None,
            is_single=self.question.kind == Kind.SINGLE,
            back=self.address,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = SendBackForm(request.POST)
        if form.is_valid():
            note = form.cleaned_data["note"]
            try:
                operations.send_back(question=self.question, note=note, by=self.actor, now=timezone.now())
            except ValidationError as refusal:
                form.add_error("note", refusal.messages)
            except operations.QuestionLocked as refusal:
                messages.error(request, str(refusal))
                return redirect(self.address)
            else:
                messages.success(request, _("The question went back to whoever wrote it."))
                return redirect("questions:reviews")
        return self.render_to_response(self.get_context_data(form=form))
