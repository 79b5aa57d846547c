"""What hiring hears from the floors below."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_migrate
from django.utils import timezone

from assessments.signals import attempt_scored
from hiring import operations


def connect() -> None:
    """Connect the receivers. Called once, when the app is ready."""
    attempt_scored.connect(apply_score, dispatch_uid="hiring.apply_score")
    post_migrate.connect(first_reasons, dispatch_uid="hiring.first_reasons")


def apply_score(*, attempt_id: int, **kwargs: Any) -> None:
    """Let the stage's rule act at once. What fails or is missed here, the periodic look finds."""
    operations.apply_score(attempt_id=attempt_id, now=timezone.now())


def first_reasons(*, sender: Any, **kwargs: Any) -> None:
    """Give a new installation reasons for rejections to choose from."""
    if sender.name == "hiring":
        operations.ensure_reasons()
