"""What pages of a running test tell about how it goes. It is told on the side: nothing waits for an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse

from assessments.enums import AttemptEventKind, InvitationState
from assessments.operations import PageNote, record_notes
from assessments.taking.access import TakingView

LARGEST_BODY = 20_000
MOST_AT_ONCE = 50
LARGEST_NUMBER = 10**6
LAST_PLACE = 1_000
TARGETS = ("stem", "option", "other")


@dataclass(frozen=True)
class Told:
    """What one page told. What makes no sense is left out, as if it had not been said."""

    notes: list[PageNote]
    more: int
    sight: dict[int, int]


class NotesView(TakingView):
    """Where pages send what they noticed, by a beacon that expects no answer."""

    shows_moments = has_words = False
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        attempt = self.sitting.attempt
        # What is told in the last moments is judged by the operation, which knows the allowance for slow networks.
        if attempt is not None and self.state == InvitationState.STARTED:
            told = read_notes(request)
            record_notes(attempt=attempt, notes=told.notes, more=told.more, sight=told.sight, now=self.now)
        return HttpResponse(status=204)


def read_notes(request: HttpRequest) -> Told:
    """Read the notes of a page: a form with one field of JSON, because a beacon can carry no header."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_BODY:
        return Told([], 0, {})
    try:
        body = json.loads(request.POST.get("notes", ""))
    except (ValueError, RecursionError):
        return Told([], 0, {})
    if not isinstance(body, dict):
        return Told([], 0, {})
    sent = body.get("notes")
    notes = list(_notes(sent)) if isinstance(sent, list) else []
    more = _number(body.get("more")) + max(0, len(notes) - MOST_AT_ONCE)
    return Told(notes[:MOST_AT_ONCE], more, _sight(body.get("sight")))


def _notes(sent: list[Any]) -> Iterator[PageNote]:
    for each in sent:
        if not isinstance(each, dict) or each.get("kind") not in AttemptEventKind.from_pages:
            continue
        yield PageNote(
            kind=AttemptEventKind(each["kind"]),
            position=_place(each.get("place")),
            ago=_number(each.get("ago")),
            seconds=_number(each.get("seconds")),
            target=each["target"] if each.get("target") in TARGETS else "other",
            length=_number(each.get("length")),
        )


def _sight(sent: object) -> dict[int, int]:
    if not isinstance(sent, dict):
        return {}
    pairs = [(_place(int(place)), _number(seconds)) for place, seconds in sent.items() if _is_place(place)]
    return {place: seconds for place, seconds in pairs[:MOST_AT_ONCE] if place and seconds}


def _is_place(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5


def _place(value: object) -> int:
    number = _number(value)
    return number if number <= LAST_PLACE else 0


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return max(0, min(value, LARGEST_NUMBER))
