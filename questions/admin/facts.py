"""What stands beside a question on the pages of its authors."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse

from questions import queries
from questions.enums import Kind, Status
from questions.models import Question


def question_facts(question: Question) -> dict[str, Any]:
    """What stands beside the form: the question as a candidate sees it, its versions, what can be done next."""
    versions = list(queries.versions_of(question))
    latest = versions[0] if versions else None
    return {
        "versions": versions,
        "latest": latest,
        "preview": queries.rendered(latest) if latest else None,
        "is_single": question.kind == Kind.SINGLE,
        "status": Status(question.status),
        "can_be_ready": latest is not None
        and question.status != Status.RETIRED
        and (question.status != Status.READY or question.current_version_id != latest.pk),
        "can_be_sent": question.status == Status.DRAFT
        or (
            question.status == Status.READY
            and question.review_asked_at is None
            and latest is not None
            and latest.frozen_at is None
        ),
        "can_be_sent_back": question.review_asked_at is not None,
        "can_be_taken_up": question.status == Status.RETIRED,
        "can_be_retired": question.status != Status.RETIRED,
        "open_reports": question.usage.open_reports if hasattr(question, "usage") else 0,
        "reports_url": _reports_url(question),
    }


def _reports_url(question: Question) -> str:
    """Where the floor above shows what candidates reported; "" where there is none."""
    try:
        return reverse("assessments:problems") + f"?question={question.pk}"
    except NoReverseMatch:
        return ""
