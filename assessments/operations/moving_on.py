"""Going on in a test that is taken piece by piece: the window moves forward, and never back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from assessments import queries
from assessments.enums import AttemptEventKind, AttemptState
from assessments.models import Attempt, AttemptEvent, AttemptSection
from assessments.rules import Part, Window, last_good_deadline, stretch_for, stretched, window_at
from shell.unavailable import again_after_collision


@again_after_collision
def move_on(*, attempt_id: int, leaving: int, now: datetime) -> Attempt:
    """Close the window that holds the place `leaving` and open the next one; return the attempt.

    A press that comes twice, or from an older page, moves on once: a window that does not hold `leaving` stays. Where
    the time of a part is over, the rest of the part is passed over. After the last place nothing is open and the test
    waits to be handed in.
    """
    with transaction.atomic():
        held = Attempt.objects.filter(
            Q(paused_at=None) & Q(deadline_at__gte=last_good_deadline(now)),
            pk=attempt_id,
            state=AttemptState.IN_PROGRESS,
            has_parts=True,
            open_from__lte=leaving,
            open_to__gte=leaving,
        ).update(last_saved_at=now)
        attempt = queries.attempt_to_move(attempt_id)
        if held:
            _open(attempt, _window_after(attempt, now=now), now=now)
    return attempt


def take_buffer(*, attempt_id: int, place: int, now: datetime) -> Attempt:
    """Give the question that is open its little more time, once, and return the attempt. A second tap gives nothing."""
    with transaction.atomic():
        attempt = queries.attempt_to_move(attempt_id)
        version = attempt.invitation.version
        window = attempt.window_deadline_at
        if window is None or version.question_seconds is None or not version.buffer_seconds:
            return attempt
        longer = window + timedelta(seconds=version.buffer_seconds)
        taken = Attempt.objects.filter(
            pk=attempt_id,
            state=AttemptState.IN_PROGRESS,
            is_buffer_used=False,
            open_from=place,
            paused_at=None,
            window_deadline_at=window,
            window_deadline_at__gte=last_good_deadline(now),
        ).update(window_deadline_at=longer, is_buffer_used=True)
        if taken:
            AttemptEvent.objects.create(
                attempt=attempt, kind=AttemptEventKind.BUFFER_USED, at=now, data={"position": place}
            )
            attempt.window_deadline_at, attempt.is_buffer_used = longer, True
    return attempt


def _window_after(attempt: Attempt, *, now: datetime) -> Window:
    parts = list(AttemptSection.objects.filter(attempt=attempt).select_related("section").order_by("first"))
    here = next(part for part in parts if part.first <= attempt.open_from <= part.last)
    place = attempt.open_to + 1
    if here.deadline_at is not None and now >= here.deadline_at:
        place = here.last + 1
    there = next((part for part in parts if part.first <= place <= part.last), None)
    if there is None:
        return Window(parts[-1].last + 1, parts[-1].last)
    version = attempt.invitation.version
    stretch = stretch_for(version.minutes, attempt.invitation.extra_seconds)
    if there.started_at is None:
        minutes = there.section.minutes
        limit = stretched(minutes * 60 if minutes is not None else None, stretch)
        there.started_at = now
        there.deadline_at = now + limit if limit is not None else None
        there.save(update_fields=["started_at", "deadline_at"])
    return window_at(
        place,
        Part(there.section_id, there.first, there.last),
        part_deadline=there.deadline_at,
        navigation=version.navigation,
        question_limit=stretched(version.question_seconds, stretch),
        now=now,
    )


def _open(attempt: Attempt, window: Window, *, now: datetime) -> None:
    attempt.open_from, attempt.open_to = window.open_from, window.open_to
    attempt.window_deadline_at, attempt.is_buffer_used = window.deadline_at, False
    attempt.save(update_fields=["open_from", "open_to", "window_deadline_at", "is_buffer_used"])
