"""Going on in a test that is taken piece by piece: the window moves forward, and never back."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from django.db import transaction
from django.db.models import F

from assessments import queries
from assessments.enums import AttemptEventKind, AttemptState
from assessments.models import Attempt, AttemptEvent, AttemptSection
from assessments.rules import Part, Window, last_good_deadline, stretch_for, stretched, window_at
from shell.unavailable import again_after_collision


@again_after_collision
def move_on(*, attempt_id: int, leaving: int, now: datetime) -> Attempt:
    """Close the window that holds the place `leaving`; in a part that goes on, open the next one. Return the attempt.

    A press that comes twice, or from an older page, moves on once: a window that does not hold `leaving` stays. Behind
    the last place of a part, or where its time is over, nothing is open: the next part waits for `start_part`, the
    test after its last part for being handed in. Paused and over, nothing moves.
    """
    with transaction.atomic():
        held = _hold(attempt_id, now=now, open_from__lte=leaving, open_to__gte=leaving)
        attempt = queries.attempt_with_person(attempt_id)
        if held:
            _open(attempt, _window_after(attempt, now=now))
            if attempt.is_between_parts:
                AttemptEvent.objects.create(
                    attempt=attempt,
                    kind=AttemptEventKind.MOVED_ON,
                    at=now,
                    data={"position": attempt.open_to},
                )
    return attempt


@again_after_collision
def start_part(*, attempt_id: int, first: int, now: datetime) -> Attempt:
    """Open the part that begins at the place `first` and start its clock, if it is the next; return the attempt.

    Until somebody presses for it, the part costs nothing but the time of the whole test. Twice starts it once.
    """
    with transaction.atomic():
        held = _hold(attempt_id, now=now, open_from=first, open_to=first - 1)
        attempt = queries.attempt_with_person(attempt_id)
        part = AttemptSection.objects.filter(attempt_id=attempt_id, first=first).select_related("section")
        if held and (there := part.first()) is not None:
            minutes = there.section.minutes
            limit = stretched(minutes * 60 if minutes is not None else None, _stretch(attempt))
            there.started_at, there.deadline_at = now, now + limit if limit is not None else None
            there.save(update_fields=["started_at", "deadline_at"])
            _open(attempt, _window_in(attempt, there, first, now=now))
    return attempt


@again_after_collision
def take_buffer(*, attempt_id: int, place: int, now: datetime) -> Attempt:
    """Give the question that is open its little more time, once, and return the attempt. A second tap gives nothing.

    It never reaches beyond the end of the part.
    """
    # A version does not change once it is published, so this may be read before the row is held.
    attempt = queries.attempt_with_person(attempt_id)
    version = attempt.invitation.version
    buffer = stretched(version.buffer_seconds, _stretch(attempt))
    if version.question_seconds is None or not buffer:
        return attempt
    good = last_good_deadline(now)
    with transaction.atomic():
        taken = _hold(
            attempt_id, now=now, open_from=place, is_buffer_used=False, window_deadline_at__gte=good
        )
        attempt = queries.attempt_with_person(attempt_id)
        if taken and attempt.window_deadline_at is not None:
            part = AttemptSection.objects.get(attempt_id=attempt_id, first__lte=place, last__gte=place)
            longer = attempt.window_deadline_at + buffer
            attempt.window_deadline_at = min(longer, part.deadline_at or longer)
            attempt.is_buffer_used = True
            attempt.save(update_fields=["window_deadline_at", "is_buffer_used"])
            AttemptEvent.objects.create(
                attempt=attempt, kind=AttemptEventKind.BUFFER_USED, at=now, data={"position": place}
            )
    return attempt


def _hold(attempt_id: int, *, now: datetime, **window: object) -> int:
    """Keep everybody else from the attempt until the commit, if it runs and its window is this one."""
    return Attempt.objects.filter(
        pk=attempt_id,
        state=AttemptState.IN_PROGRESS,
        has_parts=True,
        paused_at=None,
        deadline_at__gte=last_good_deadline(now),
        **window,
    ).update(state=F("state"))


def _window_after(attempt: Attempt, *, now: datetime) -> Window:
    here = AttemptSection.objects.get(
        attempt=attempt, first__lte=attempt.open_from, last__gte=attempt.open_from
    )
    place = attempt.open_to + 1
    if place > here.last or (here.deadline_at is not None and now >= here.deadline_at):
        return Window(here.last + 1, here.last)
    return _window_in(attempt, here, place, now=now)


def _window_in(attempt: Attempt, part: AttemptSection, place: int, *, now: datetime) -> Window:
    version = attempt.invitation.version
    return window_at(
        place,
        Part(part.section_id, part.first, part.last),
        part_deadline=part.deadline_at,
        navigation=version.navigation,
        question_limit=stretched(version.question_seconds, _stretch(attempt)),
        now=now,
    )


def _stretch(attempt: Attempt) -> Fraction:
    return stretch_for(attempt.invitation.version.minutes, attempt.invitation.extra_seconds)


def _open(attempt: Attempt, window: Window) -> None:
    attempt.open_from, attempt.open_to = window.open_from, window.open_to
    attempt.window_deadline_at, attempt.is_buffer_used = window.deadline_at, False
    attempt.save(update_fields=["open_from", "open_to", "window_deadline_at", "is_buffer_used"])
