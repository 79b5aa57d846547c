"""What assessments hears from the floors below."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import Actor
from assessments import operations
from questions.models import AnswerKey, QuestionVersion
from questions.signals import key_mended


def connect() -> None:
    """Connect the receivers. Called once, when the app is ready."""
    key_mended.connect(ask_for_regrade, dispatch_uid="assessments.ask_for_regrade")


def ask_for_regrade(
    *, version: QuestionVersion, key: AnswerKey, by: Actor, now: datetime, **kwargs: Any
) -> None:
    """Ask in the transaction that mends the key: nobody has to find out later that they should have."""
    operations.ask_for_regrade(version=version, key=key, by=by, now=now)
