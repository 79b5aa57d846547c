"""Which browser window a test goes on in."""

from __future__ import annotations

from uuid import UUID

from assessments.enums import AttemptState
from assessments.models import Attempt


def go_on_here(*, attempt_id: int, tab_id: UUID) -> bool:
    """Note that a running test goes on in the window `tab_id`; return whether it runs. The clock stays as it is."""
    running = Attempt.objects.filter(pk=attempt_id, state=AttemptState.IN_PROGRESS)
    return bool(running.update(tab_id=tab_id))
