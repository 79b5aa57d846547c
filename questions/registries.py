"""What questions registers with the floors below: who may open which list, and the colours of states."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.registries import register_role_permissions
from questions.enums import Status
from shell.registries import register_events, register_tones


def register() -> None:
    """Register everything of this app. Called once, when the app is ready."""
    labels = ("questions.QuestionBank", "questions.Skill", "questions.QuestionTag", "questions.Question")
    register_role_permissions(Role.QUESTION_AUTHOR, {label: {"view", "add", "change"} for label in labels})
    register_role_permissions(Role.RECRUITER, {label: {"view"} for label in labels})
    register_tones(good=[Status.READY], attention=[Status.IN_REVIEW])
    register_events(
        "questions",
        _("Questions"),
        {
            "question.added": _("Question added"),
            "question.changed": _("Question changed"),
            "question.sent_to_review": _("Question sent to review"),
            "question.made_ready": _("Question made ready"),
            "question.retired": _("Question retired"),
            "question.key_mended": _("Key of a question mended"),
            "question.report_settled": _("Report about a question settled"),
            "question_bank.created": _("Bank made"),
            "question_bank.changed": _("Bank changed"),
            "question_bank.loaded": _("Bank loaded from a file"),
            "skill.saved": _("Skill saved"),
        },
    )
