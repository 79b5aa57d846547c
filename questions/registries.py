"""What questions registers with the floors below: who may open which list, and the colours of states."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import Role
from accounts.registries import register_role_permissions, register_veil
from questions.enums import Status
from shell.registries import register_events, register_tones


def _register_veils() -> None:
    """Hide what a piece of work is still writing: it comes to everybody at once, or never."""
    register_veil("questions.QuestionBank", "questions.arriving", lambda _actor: ~Q(arriving_for=""))
    for label in ("questions.Question", "questions.QuestionFinding"):
        register_veil(label, "questions.arriving", lambda _actor: ~Q(bank__arriving_for=""))


def register() -> None:
    """Register everything of this app. Called once, when the app is ready."""
    labels = ("questions.QuestionBank", "questions.Skill", "questions.QuestionTag", "questions.Question")
    register_role_permissions(Role.QUESTION_AUTHOR, {label: {"view", "add", "change"} for label in labels})
    register_role_permissions(Role.RECRUITER, {label: {"view"} for label in labels})
    _register_veils()
    register_tones(good=[Status.READY], attention=[Status.IN_REVIEW])
    register_events(
        "questions",
        _("Questions"),
        {
            "question.added": _("Question added"),
            "question.changed": _("Question changed"),
            "question.sent_to_review": _("Question sent to review"),
            "question.sent_back": _("Question sent back to its author"),
            "question.made_ready": _("Question made ready"),
            "question.retired": _("Question retired"),
            "question.taken_up": _("Retired question taken up again"),
            "question.rested": _("Question put to rest"),
            "question.woken": _("Question back from its rest"),
            "question.exposure_capped": _("Limit of showing a question changed"),
            "question.leaked": _("Question marked as leaked"),
            "question.leak_cleared": _("Mark of a leak taken away"),
            "question.key_mended": _("Key of a question mended"),
            "question.report_settled": _("Report about a question settled"),
            "question_bank.created": _("Bank made"),
            "question_bank.changed": _("Bank changed"),
            "question_bank.loaded": _("Bank loaded from a file"),
            "skill.saved": _("Skill saved"),
        },
    )
