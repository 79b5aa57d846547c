"""What assessments hears from the floors below."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Actor
from assessments import operations
from questions.models import AnswerKey, Question, QuestionVersion
from questions.signals import key_mended, question_moved


def connect() -> None:
    """Connect the receivers. Called once, when the app is ready."""
    key_mended.connect(ask_for_regrade, dispatch_uid="assessments.ask_for_regrade")
    question_moved.connect(follow_question, dispatch_uid="assessments.follow_question")


def ask_for_regrade(
    *, version: QuestionVersion, key: AnswerKey, by: Actor, now: datetime, **kwargs: Any
) -> None:
    """Ask in the transaction that mends the key: nobody has to find out later that they should have."""
    operations.ask_for_regrade(version=version, key=key, by=by, now=now)


def follow_question(*, question: Question, **kwargs: Any) -> None:
    """Let drafts that ask a question of everybody name its new bank, in the transaction that moves it."""
    operations.follow_question(question=question)
