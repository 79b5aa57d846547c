"""One question as candidates will see it, for whoever is writing it: the page of a test, with what was typed on it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View

from accounts.queries import organisation
from assessments import queries
from assessments.enums import Navigation
from assessments.models import Assessment, AssessmentVersion
from assessments.taking import words
from assessments.taking.addresses import Addresses
from assessments.taking.asked import question_context
from questions.enums import Kind
from questions.queries import rendered_draft
from questions.rules import shown_draft
from rendering.markdown import MarkdownTooLongError
from shell.candidate_pages import private
from shell.views import ShellPage

# Stands where the code of a link would be. Nothing on the page leads anywhere.
CODE = "0"


class OneQuestion(ShellPage, View):
    """Shows what was sent and keeps nothing of it. It asks the database for nothing but how candidates' pages look."""

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.test_func() and not request.user.has_perm("questions.change_question"):
            raise PermissionDenied
        return private(super().dispatch(request, *args, **kwargs))

    def post(self, request: HttpRequest) -> HttpResponse:
        now = timezone.now()
        draft = shown_draft(request.POST)
        try:
            shown = rendered_draft(draft)
        except MarkdownTooLongError as refusal:
            return HttpResponse(str(refusal), status=400, content_type="text/plain; charset=utf-8")
        version = AssessmentVersion(
            assessment=Assessment(name=_("A test")), navigation=Navigation.FREE, minutes=30
        )
        attempt = queries.preview_attempt(None, version, now=now)
        page = queries.QuestionPage(
            position=2,
            total=3,
            kind=draft.kind if draft.kind in Kind.choice_kinds else Kind.SINGLE,
            stem_html=shown.stem_html,
            options=shown.options,
            answer=[],
            answer_version=0,
            is_flagged=False,
        )
        context = question_context(page, open_from=1, open_to=3) | {
            "is_open": draft.kind == Kind.OPEN,
            "code": CODE,
            "at": Addresses(CODE, namespace="preview"),
            "anywhere": Addresses(CODE, 0, namespace="preview"),
            "here": Addresses(CODE, page.position, namespace="preview"),
            "page_id": "00000000-0000-4000-8000-000000000000",
            "test_name": version.assessment.name,
            "organisation": organisation(),
            "attempt": attempt,
            "is_forward": False,
            "ends_at": words.ends_at(attempt.deadline_at),
            "server_now": now.isoformat(),
            "deadline_at": attempt.deadline_at.isoformat(),
            "total_seconds": version.minutes * 60,
            "words": {},
            "words_of": "preview",
        }
        return render(request, "taking/one_question.html", context)
