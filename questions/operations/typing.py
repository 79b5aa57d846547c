"""Keeping what authors type before they save it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from accounts.models import Actor
from questions.models import Question, UnsavedEdit
from rendering.characters import clean_line, clean_text

# Far more than the longest question; a text that no form takes is not kept either.
MOST_KEPT: Final = 600_000
# Nobody comes back to what they typed so long ago.
FORGOTTEN_AFTER: Final = timedelta(days=60)


class NotKept(Exception):  # noqa: N818 -- a refusal, not a fault
    """What was typed was not kept, and nothing else of it was lost. `why`: "other", "gone", "too_long"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def keep_typing(
    *,
    question: Question | None,
    unsaved: str,
    data: Mapping[str, Sequence[str]],
    base: str,
    by: Actor,
    now: datetime,
) -> UnsavedEdit:
    """Keep the fields of a form as one colleague left them, for them alone, and return the row.

    `unsaved` names what was kept of the same form before, "" at first. Of one question each author has one: what
    another window of theirs typed is not written over. A question that was saved since is not opened again either.
    Raises `NotKept`.
    """
    assert by.user is not None
    if sum(len(value) for values in data.values() for value in values) > MOST_KEPT:
        raise NotKept("too_long")
    kept = {clean_line(name): [clean_text(value) for value in values] for name, values in data.items()}
    mine = UnsavedEdit.objects.filter(user=by.user, question=question)
    if unsaved:
        if not mine.filter(public_id=unsaved).update(data=kept, kept_at=now):
            raise NotKept("gone")
        return mine.get(public_id=unsaved)
    UnsavedEdit.objects.filter(user=by.user, kept_at__lt=now - FORGOTTEN_AFTER).delete()
    try:
        with transaction.atomic():
            return UnsavedEdit.objects.create(
                user=by.user, question=question, data=kept, base=clean_line(base), kept_at=now
            )
    except IntegrityError as error:
        raise NotKept("other") from error


def forget_typing(*, unsaved: str, by: Actor) -> None:
    """Throw away what was kept of a form: its author saved it, or does not want it."""
    UnsavedEdit.objects.filter(user=by.user, public_id=unsaved).delete()
