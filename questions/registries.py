"""What questions registers with the floors below: who may open which list, and the colours of states."""

from __future__ import annotations

from accounts.enums import Role
from accounts.registries import register_role_permissions
from questions.enums import Status
from shell.registries import register_tones


def register() -> None:
    """Register everything of this app. Called once, when the app is ready."""
    labels = ("questions.QuestionBank", "questions.Skill", "questions.QuestionTag", "questions.Question")
    register_role_permissions(Role.QUESTION_AUTHOR, {label: {"view", "add", "change"} for label in labels})
    register_role_permissions(Role.RECRUITER, {label: {"view"} for label in labels})
    register_tones(good=[Status.READY], attention=[Status.IN_REVIEW])
