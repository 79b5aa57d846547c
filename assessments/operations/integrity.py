"""What is written down about how a sitting went: what its pages tell, and where its requests come from.

Signals for people, never for rules. Codes and numbers alone: no content, no address, no user agent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, F, PositiveIntegerField, Value, When
from django.db.models.functions import Coalesce, Least

from assessments.enums import AttemptEventKind, AttemptState
from assessments.models import Attempt, AttemptEvent, AttemptQuestion
from assessments.rules import BROWSER, DEVICE, NETWORK, Origin, new_marks, origin_marks

# Far more than a distracted afternoon gives; whatever comes beyond it is counted and not written down.
MOST_NOTES = 300
_MOST_COUNTED = 10_000
_LONGEST_TEXT = 100_000
# Somebody who changes networks more often than this travels; each further change would tell nothing new.
_MOST_ORIGINS = 24
_ORIGIN_KINDS = {
    DEVICE: AttemptEventKind.OTHER_DEVICE,
    NETWORK: AttemptEventKind.OTHER_ADDRESS,
    BROWSER: AttemptEventKind.OTHER_BROWSER,
}


@dataclass(frozen=True, slots=True)
class PageNote:
    """One thing that a page tells. `position` is 0 on the overview; `ago` says how many seconds before it was sent."""

    kind: AttemptEventKind
    position: int
    ago: int
    seconds: int = 0
    target: str = ""
    length: int = 0


def record_notes(
    *, attempt: Attempt, notes: Sequence[PageNote], more: int, sight: Mapping[int, int], now: datetime
) -> int:
    """Write down what a page of a running test tells; return how many notes were written.

    `more` counts what the page had left out; `sight` is seconds in sight by place, for what no save has carried.
    Nothing is believed that cannot be: moments lie between the start and now, nothing lasted longer than the sitting.
    An attempt keeps `MOST_NOTES`; beyond them `notes_seen` goes on counting, so that staff are told of the rest.
    Ignored while the attempt is paused and once it is over. Two statements for notes, one for `sight`.
    """
    if attempt.paused_at is not None or not attempt.is_open(now=now):
        return 0
    elapsed = max(0, int((now - attempt.started_at).total_seconds()))
    written = 0
    with transaction.atomic():
        if notes or more > 0:
            written = _write_notes(attempt, notes, max(0, more), elapsed, now=now)
        if sight:
            _add_sight(attempt.pk, sight, elapsed)
    return written


def _write_notes(
    attempt: Attempt, notes: Sequence[PageNote], more: int, elapsed: int, *, now: datetime
) -> int:
    seen = attempt.notes_seen
    if not _count(attempt.pk, seen, len(notes) + more):
        # Another page of the same attempt told something in between.
        seen = Attempt.objects.values_list("notes_seen", flat=True).get(pk=attempt.pk)
        if not _count(attempt.pk, seen, len(notes) + more):
            return 0
    kept = notes[: max(0, MOST_NOTES - seen)]
    AttemptEvent.objects.bulk_create(
        AttemptEvent(
            attempt_id=attempt.pk,
            kind=note.kind,
            at=now - timedelta(seconds=_between(note.ago, elapsed)),
            data=_data(note, elapsed),
        )
        for note in kept
    )
    return len(kept)


def _count(attempt_id: int, seen: int, more: int) -> bool:
    """Count notes, unless somebody else did since the attempt was read or it has ended."""
    if seen >= _MOST_COUNTED:
        return False
    running = Attempt.objects.filter(pk=attempt_id, state=AttemptState.IN_PROGRESS, notes_seen=seen)
    return bool(running.update(notes_seen=min(seen + more, _MOST_COUNTED)))


def _data(note: PageNote, elapsed: int) -> dict[str, Any]:
    data: dict[str, Any] = {"position": note.position}
    if note.kind == AttemptEventKind.FOCUS_LOST:
        return data | {"seconds": _between(note.seconds, elapsed)}
    return data | {"target": note.target, "length": _between(note.length, _LONGEST_TEXT)}


def _between(value: int, most: int) -> int:
    return max(0, min(value, most))


def _add_sight(attempt_id: int, sight: Mapping[int, int], elapsed: int) -> None:
    more = Case(
        *(
            When(position=position, then=Value(_between(seconds, elapsed)))
            for position, seconds in sight.items()
        ),
        default=Value(0),
        output_field=PositiveIntegerField(),
    )
    running = Attempt.objects.filter(pk=attempt_id, state=AttemptState.IN_PROGRESS)
    AttemptQuestion.objects.filter(attempt__in=running, position__in=list(sight)).update(
        seconds=Least(Coalesce(F("seconds"), 0) + more, Value(elapsed))
    )


def is_new_origin(*, attempt: Attempt, origin: Origin) -> bool:
    """Whether `origin` has a part that this attempt has not met. Costs no query."""
    known = attempt.origins.split()
    return len(known) < _MOST_ORIGINS and bool(_unknown(attempt, origin, known))


def first_origins(origin: Origin | None, *, seed: int) -> str:
    """Return what an attempt that starts from `origin` keeps of it."""
    return " ".join(origin_marks(origin, salt=seed)) if origin is not None else ""


def note_origin(*, attempt: Attempt, origin: Origin, position: int, now: datetime) -> list[AttemptEventKind]:
    """Write down that a running attempt goes on from another device, network or browser; return what was written.

    Only what was never met before in this attempt counts, so somebody who goes back and forth between two networks is
    noted once. What a first request did not tell is learnt without a word. Another device has another browser, which
    is not noted beside it. Two statements where something is new, none otherwise.
    """
    known = attempt.origins.split()
    new = _unknown(attempt, origin, known)
    if not new or len(known) >= _MOST_ORIGINS:
        return []
    met = {mark[0] for mark in known}
    changed = [mark[0] for mark in new if mark[0] in met]
    if DEVICE in changed:
        changed = [kind for kind in changed if kind != BROWSER]
    with transaction.atomic():
        running = Attempt.objects.filter(
            pk=attempt.pk, state=AttemptState.IN_PROGRESS, origins=attempt.origins
        )
        if not running.update(origins=" ".join([*known, *new])):
            return []
        kinds = [_ORIGIN_KINDS[kind] for kind in changed]
        AttemptEvent.objects.bulk_create(_events(attempt.pk, kinds, position, now=now))
    return kinds


def _unknown(attempt: Attempt, origin: Origin, known: Sequence[str]) -> list[str]:
    return new_marks(origin, salt=attempt.seed, known=known)


def _events(
    attempt_id: int, kinds: Iterable[AttemptEventKind], position: int, *, now: datetime
) -> list[AttemptEvent]:
    return [
        AttemptEvent(attempt_id=attempt_id, kind=kind, at=now, data={"position": position}) for kind in kinds
    ]
