"""Saving answers: nothing acknowledged is lost, nothing is overwritten without a word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import JSONField, OuterRef, Subquery
from django.utils.translation import gettext as _

from assessments.enums import AttemptEventKind, AttemptState, SaveOutcome
from assessments.models import AnswerRevision, Attempt, AttemptEvent, AttemptQuestion
from assessments.rules import AnswerRefused, checked_answer, last_good_deadline

_LARGEST_VERSION = 2**31 - 1


@dataclass(frozen=True, slots=True)
class SaveReply:
    """What a page is told after a save: `answer` and `version` are always what is stored now."""

    outcome: SaveOutcome
    version: int
    answer: list[str]
    server_now: datetime
    deadline_at: datetime
    state: AttemptState


def save_answer(
    *,
    attempt_id: int,
    position: int,
    answer: list[str],
    base_version: int,
    save_id: UUID,
    page_id: UUID,
    now: datetime,
) -> SaveReply:
    """Save the chosen option codes of one question; an empty list clears them.

    Arguments: `base_version`, the version the page's answer grew from; `save_id`, random for each change, so that a
    repeat gets the first reply; `page_id`, random for each loaded page.
    Returns SAVED; CONFLICT with what is stored when another page saved since; CLOSED when the test is over (deadline
    and allowance, inclusive). A stale base from the same page is rebased: its changes came in the order they were made.
    Raises `ValidationError` for what is no answer to this question, and `AttemptQuestion.DoesNotExist` for a place the
    attempt does not have. Whatever raises or is refused stores nothing.

    The attempt's row is written first, so a save and a submit come one after the other on every database: an
    acknowledged save is in what is scored. Four statements.
    """
    with transaction.atomic():
        is_open = _touch_open(attempt_id, now=now)
        row = _load(attempt_id, position, save_id)
        reply = _repeated(row, now=now)
        if reply is not None:
            return reply
        if not is_open:
            _note_late(row, now=now)
            return _reply(row, SaveOutcome.CLOSED, now=now)
        chosen = _checked(row, answer, base_version)
        if base_version != row.answer_version and row.latest_page != page_id:  # type: ignore[attr-defined]
            return _reply(row, SaveOutcome.CONFLICT, now=now)
        _append(row, chosen, base_version, save_id, page_id, now=now)
        return _reply(row, SaveOutcome.SAVED, now=now)


def set_flag(*, attempt_id: int, position: int, flagged: bool, now: datetime) -> bool:
    """Set or clear the candidate's own mark on a question; return whether the test was still open for it."""
    return bool(
        AttemptQuestion.objects.filter(
            attempt__in=_open_attempts(attempt_id, now=now), position=position
        ).update(is_flagged=flagged)
    )


def _open_attempts(attempt_id: int, *, now: datetime):  # type: ignore[no-untyped-def]
    return Attempt.objects.filter(
        pk=attempt_id, state=AttemptState.IN_PROGRESS, deadline_at__gte=last_good_deadline(now)
    )


def _touch_open(attempt_id: int, *, now: datetime) -> bool:
    return bool(_open_attempts(attempt_id, now=now).update(last_saved_at=now))


def _load(attempt_id: int, position: int, save_id: UUID) -> AttemptQuestion:
    revisions = AnswerRevision.objects.filter(attempt_question=OuterRef("pk"))
    same = revisions.filter(save_id=save_id)
    return (
        AttemptQuestion.objects.select_related("attempt", "question_version__question")
        .annotate(
            latest_page=Subquery(revisions.order_by("-number").values("page_id")[:1]),
            repeated_version=Subquery(same.values("number")[:1]),
            repeated_answer=Subquery(same.values("answer")[:1], output_field=JSONField()),
        )
        .get(attempt_id=attempt_id, position=position)
    )


def _repeated(row: AttemptQuestion, *, now: datetime) -> SaveReply | None:
    version: int | None = row.repeated_version  # type: ignore[attr-defined]
    if version is None:
        return None
    return SaveReply(
        SaveOutcome.SAVED,
        version,
        row.repeated_answer,  # type: ignore[attr-defined]
        now,
        row.attempt.deadline_at,
        AttemptState(row.attempt.state),
    )


def _reply(row: AttemptQuestion, outcome: SaveOutcome, *, now: datetime) -> SaveReply:
    return SaveReply(
        outcome,
        row.answer_version,
        row.answer,
        now,
        row.attempt.deadline_at,
        AttemptState(row.attempt.state),
    )


def _checked(row: AttemptQuestion, answer: object, base_version: object) -> list[str]:
    if isinstance(base_version, bool) or not isinstance(base_version, int):
        raise ValidationError({"base_version": _("Reload the page and choose again.")}, code="not_a_version")
    if not 0 <= base_version <= _LARGEST_VERSION:
        raise ValidationError({"base_version": _("Reload the page and choose again.")}, code="not_a_version")
    version = row.question_version
    codes = [option["code"] for option in version.options]
    try:
        return checked_answer(answer, kind=version.question.kind, codes=codes)
    except AnswerRefused as refusal:
        message = _("Choose one of the options of this question.")
        if refusal.code == "one_only":
            message = _("Choose one option only.")
        raise ValidationError({"answer": ValidationError(message, code=refusal.code)}) from refusal


def _append(
    row: AttemptQuestion, chosen: list[str], base_version: int, save_id: UUID, page_id: UUID, *, now: datetime
) -> None:
    number = row.answer_version + 1
    AnswerRevision.objects.create(
        attempt_question=row,
        number=number,
        answer=chosen,
        save_id=save_id,
        page_id=page_id,
        based_on=base_version,
        received_at=now,
    )
    AttemptQuestion.objects.filter(pk=row.pk).update(answer=chosen, answer_version=number)
    row.answer, row.answer_version = chosen, number


def _note_late(row: AttemptQuestion, *, now: datetime) -> None:
    """Note once for each place that an answer came too late: staff can see it, nobody can fill the table with it."""
    events = AttemptEvent.objects.filter(
        attempt=row.attempt, kind=AttemptEventKind.LATE_SAVE, data__position=row.position
    )
    if not events.exists():
        AttemptEvent.objects.create(
            attempt=row.attempt, kind=AttemptEventKind.LATE_SAVE, at=now, data={"position": row.position}
        )
