"""Sparing questions that were shown often, and marking those that became known."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from questions.models import Question, QuestionUsage
from questions.operations.writing.content import held, keep, record
from rendering.characters import clean_line

LONGEST_PLACE = 200


@transaction.atomic
def flag_leaked(*, question: Question, note: str, by: Actor, now: datetime) -> Question:
    """Say that a question became known, and where it was found. Once more changes where.

    Raises `ValidationError` for a `note` that is too long.
    """
    note = clean_line(note)
    if len(note) > LONGEST_PLACE:
        raise ValidationError(
            {"note": _("Say where it was found in at most %(most)d characters.") % {"most": LONGEST_PLACE}}
        )
    current = held(question)
    is_new = current.leaked_at is None
    current.leaked_at, current.leaked_note = current.leaked_at or now, note
    if is_new:
        current.leaked_by = by.user
        record("question.leaked", current, by=by, now=now)
    keep(current, "leaked_at", "leaked_by", "leaked_note", now=now)
    return current


@transaction.atomic
def clear_leak(*, question: Question, by: Actor, now: datetime) -> Question:
    """Say that a question is not known after all."""
    current = held(question)
    if current.leaked_at is not None:
        current.leaked_at, current.leaked_by, current.leaked_note = None, None, ""
        keep(current, "leaked_at", "leaked_by", "leaked_note", now=now)
        record("question.leak_cleared", current, by=by, now=now)
    return current


@transaction.atomic
def let_rest(*, question: Question, by: Actor, now: datetime) -> Question:
    """Spare a question."""
    current = held(question)
    if current.rested_at is None:
        current.rested_at = now
        keep(current, "rested_at", now=now)
        record("question.rested", current, by=by, now=now)
    return current


@transaction.atomic
def wake(*, question: Question, by: Actor, now: datetime) -> Question:
    """Spare a question no longer. One that has reached its cap gets as many times of being shown once more, or it would
    rest again at once.
    """
    current = held(question)
    if current.rested_at is None:
        return current
    current.rested_at = None
    cap = current.rests_after or current.bank.rests_after
    shown = QuestionUsage.objects.filter(question=current).values_list("shown", flat=True).first() or 0
    if cap is not None and shown >= cap:
        current.rests_after = shown + (current.bank.rests_after or cap)
        record(
            "question.exposure_capped", current, by=by, now=now, facts={"rests_after": current.rests_after}
        )
    keep(current, "rested_at", "rests_after", now=now)
    record("question.woken", current, by=by, now=now)
    return current


@transaction.atomic
def set_exposure_cap(*, question: Question, times: int | None, by: Actor, now: datetime) -> Question:
    """Say after how many times of being shown a question rests; None for what its bank says.

    One that was shown so often already rests at once. Raises `ValidationError` for less than once.
    """
    current = held(question)
    if current.rests_after == times:
        return current
    current.rests_after = times
    current.full_clean()
    keep(current, "rests_after", now=now)
    record("question.exposure_capped", current, by=by, now=now, facts={"rests_after": times})
    if times is not None and QuestionUsage.objects.filter(question=current, shown__gte=times).exists():
        return let_rest(question=current, by=by, now=now)
    return current
