"""What pages show of questions."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.models import Actor
from questions import queries
from questions.enums import Status
from questions.models import Question, QuestionFinding
from questions.rules import field_at
from shell.templatetags.shell import state_pill

register = template.Library()


@register.simple_tag
def question_status(question: Question) -> SafeString | str:
    """Show where a question is on its way."""
    return state_pill(Status(question.status))


@register.simple_tag
def finding_url(finding: QuestionFinding) -> str:
    """Return where the place of a finding is mended: its field gets the focus, also without scripts."""
    page = reverse("admin:questions_question_change", args=[finding.question_id])
    field = field_at(finding.place)
    return f"{page}?finding={finding.pk}#{field}" if field else page


@register.inclusion_tag("questions/parts/question_findings.html", takes_context=True)
def question_findings(context: RequestContext, question: Question) -> dict[str, Any]:
    """Show what was found in a question and is open or accepted; nothing where nothing is. Two queries."""
    request = context["request"]
    return {
        "findings": queries.findings_of(question, Actor.of_request(request)),
        "may_change": request.user.has_perm("questions.change_question"),
        "next": request.get_full_path(),
        "csrf_token": context.get("csrf_token"),
        "now": context.get("now"),
    }
