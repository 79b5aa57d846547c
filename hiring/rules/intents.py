"""What a mail is queued under, so that it is queued once and found again."""

from __future__ import annotations


def rejection_intent(application_id: int, version: int) -> str:
    """Name the mail about the rejection that made an application this version: one for each time it is rejected."""
    return f"application:{application_id}:rejected:{version}"
