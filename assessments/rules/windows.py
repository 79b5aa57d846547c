"""Which places of a sitting may be answered at a moment: all, those of a part, or one question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from assessments.enums import Navigation


@dataclass(frozen=True, slots=True)
class Part:
    """A run of places that belong together. `limit` is the part's own time, None where it has none."""

    section_id: int
    first: int
    last: int
    limit: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The places that may be answered, both ends included, and until when. Empty once the last was left."""

    open_from: int
    open_to: int
    deadline_at: datetime | None = None


def parts_of(section_ids: Sequence[int], minutes: dict[int, int | None], *, stretch: Fraction) -> list[Part]:
    """Return the parts of a form.

    Arguments: `section_ids`, the section of each place in order; `minutes`, the limit of each section; `stretch`, by
    how much a person's extra time lengthens every limit (1 for none).
    """
    parts: list[Part] = []
    for place, section_id in enumerate(section_ids, start=1):
        if parts and parts[-1].section_id == section_id:
            last = parts[-1]
            parts[-1] = Part(section_id, last.first, place, last.limit)
        else:
            parts.append(
                Part(section_id, place, place, stretched(_seconds(minutes.get(section_id)), stretch))
            )
    return parts


def is_windowed(navigation: str, parts: Sequence[Part]) -> bool:
    """Whether a form is taken piece by piece: forward only, or because a part has a limit of its own."""
    return navigation == Navigation.FORWARD or any(part.limit is not None for part in parts)


def window_at(
    place: int,
    part: Part,
    *,
    part_deadline: datetime | None,
    navigation: str,
    question_limit: timedelta | None,
    now: datetime,
) -> Window:
    """Return the window that opens when `place` of `part` is reached at `now`."""
    if navigation != Navigation.FORWARD:
        return Window(part.first, part.last, part_deadline)
    ends = [part_deadline, now + question_limit if question_limit is not None else None]
    return Window(place, place, min((end for end in ends if end is not None), default=None))


def stretch_for(minutes: int, extra_seconds: int) -> Fraction:
    """Return by how much a person's extra time lengthens the limits inside a test: 5/4 for 10 minutes on 40."""
    return 1 + Fraction(extra_seconds, minutes * 60)


def stretched(seconds: int | None, stretch: Fraction) -> timedelta | None:
    """Return a limit with a person's extra time, to the whole second above."""
    return None if seconds is None else timedelta(seconds=-int(-seconds * stretch // 1))


def _seconds(minutes: int | None) -> int | None:
    return None if minutes is None else minutes * 60
