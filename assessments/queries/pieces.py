"""The parts of a sitting that is taken piece by piece. Nothing here loads an answer key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from assessments.models import Attempt, AttemptSection
from assessments.rules import stretch_for, stretched


@dataclass(frozen=True, slots=True)
class PartReading:
    """The part that is open, or that waits to be started. `limit` is its own time with the person's extra time."""

    number: int
    total: int
    title: str
    first: int
    last: int
    limit: timedelta | None
    # The last place of the last part.
    test_total: int

    @property
    def questions(self) -> int:
        """How many questions it has."""
        return self.last - self.first + 1

    @property
    def is_last(self) -> bool:
        """Whether no other part comes behind it."""
        return self.number == self.total


def part_here(attempt: Attempt) -> PartReading | None:
    """Return the part where `attempt` is; None where a test has no parts, and behind the last one.

    One query, none for a test one moves about in freely. Its invitation and version must be loaded.
    """
    if not attempt.has_parts:
        return None
    parts = AttemptSection.objects.filter(attempt=attempt).select_related("section").order_by("first")
    stretch = stretch_for(attempt.invitation.version.minutes, attempt.invitation.extra_seconds)
    rows = list(parts)
    for number, part in enumerate(rows, start=1):
        if part.first <= attempt.open_from <= part.last:
            minutes = part.section.minutes
            limit = stretched(minutes * 60 if minutes is not None else None, stretch)
            return PartReading(
                number, len(rows), part.section.title, part.first, part.last, limit, rows[-1].last
            )
    return None
