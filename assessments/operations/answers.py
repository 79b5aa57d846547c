"""Saving answers: nothing acknowledged is lost, nothing is overwritten without a word."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from assessments import queries
from assessments.enums import AttemptEventKind, AttemptState, SaveOutcome
from assessments.models import AnswerRevision, Attempt, AttemptEvent, AttemptQuestion
from assessments.queries.compiled import CompiledInsert, CompiledUpdate, Written, can_chain, run, run_chain
from assessments.rules import LATE_ALLOWANCE, AnswerRefused, checked_answer, last_good_deadline
from shell.unavailable import again_after_collision

# What the column holds, and more changes of one answer than anybody makes in a day.
_LARGEST_VERSION = 2**15 - 1
# Nobody looks at one question for longer between two saves; what a browser says beyond it is not believed.
_LONGEST_SIGHT = 6 * 3600


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a page sent; see `save_answer`."""

    answer: list[str]
    base_version: int
    save_id: UUID
    page_id: UUID
    seconds: int
    tab_id: UUID | None
    now: datetime


@dataclass(frozen=True, slots=True)
class SaveReply:
    """What a page is told after a save: `answer` and `version` are always what is stored now."""

    outcome: SaveOutcome
    version: int
    answer: list[str]
    server_now: datetime
    deadline_at: datetime
    state: AttemptState
    # As it was read with the question: its clocks and its window.
    attempt: Attempt = field(compare=False)


@again_after_collision
def save_answer(
    *,
    attempt_id: int,
    position: int,
    answer: list[str],
    base_version: int,
    save_id: UUID,
    page_id: UUID,
    now: datetime,
    seconds: int = 0,
    tab_id: UUID | None = None,
    loaded: AttemptQuestion | None = None,
) -> SaveReply:
    """Save the chosen option codes of one question; an empty list clears them.

    Arguments: `base_version`, the version the page's answer grew from; `save_id`, random for each change, so that a
    repeat gets the first reply; `page_id`, random for each loaded page; `seconds`, how long the question was in sight
    since the page last said so; `tab_id`, random for each browser window; `loaded`, the question as
    `queries.question_to_save` gives it, for a caller that has just read it.
    Returns SAVED; CONFLICT with what is stored when another page saved since; LOCKED when its place is not open any
    more or not yet; CLOSED when the test is over (deadline and allowance, inclusive). A stale base from the same page
    is rebased: its changes came in the order they were made.
    Raises `ValidationError` for what is no answer to this question, and `AttemptQuestion.DoesNotExist` for a place the
    attempt does not have. Whatever raises or is refused stores nothing.

    The attempt's row is written first, so a save and a submit come one after the other on every database: an
    acknowledged save is in what is scored. Four statements, two where the database takes changes together; one less
    when the question is `loaded`.
    """
    row = loaded or queries.question_to_save(attempt_id, position)
    sent = _Sent(answer, base_version, save_id, page_id, seconds, tab_id, now)
    if can_chain() and _append_at_once(row, sent):
        return _reply(row, SaveOutcome.SAVED, now=now)
    with transaction.atomic():
        is_open = bool(run(_touch(row, sent)))
        if is_open and base_version == row.answer_version and _append(row, _checked(row, sent), sent):
            return _reply(row, SaveOutcome.SAVED, now=now)
        # Something else was saved since the page or this call read it, or it came too late: look again. An attempt that
        # is open is held by now; nothing is written to any other.
        row = queries.question_to_save(attempt_id, position)
        repeated = _repeated(row, save_id, now=now)
        if repeated is not None:
            return repeated
        if not is_open:
            _note_late(row, now=now)
            return _reply(row, _why_not_open(row.attempt, now=now), now=now)
        chosen = _checked(row, sent)
        if base_version != row.answer_version and row.page_id != page_id:
            return _reply(row, SaveOutcome.CONFLICT, now=now)
        _append(row, chosen, sent)
        return _reply(row, SaveOutcome.SAVED, now=now)


def set_flag(*, attempt_id: int, position: int, flagged: bool, now: datetime) -> bool:
    """Set or clear the candidate's own mark on a question; return whether the test was still open for it."""
    return bool(
        AttemptQuestion.objects.filter(
            attempt__in=_open_attempts(attempt_id, position, last_good_deadline(now)), position=position
        ).update(is_flagged=flagged)
    )


def _open_attempts(attempt_id: int, position: int, good: datetime) -> QuerySet[Attempt]:
    """The attempt, if this place of it may be answered now. Its clock stands still while it is paused.

    A pause opens nothing again: a window that was over when it began stays closed. `good` is the last good deadline.
    """
    is_paused = Q(paused_at__isnull=False)
    was_open = is_paused & Q(window_deadline_at__gte=F("paused_at") - LATE_ALLOWANCE)
    return Attempt.objects.filter(
        is_paused | Q(deadline_at__gte=good),
        was_open | Q(window_deadline_at=None) | Q(window_deadline_at__gte=good),
        pk=attempt_id,
        state=AttemptState.IN_PROGRESS,
        open_from__lte=position,
        open_to__gte=position,
    )


def _answer_at(attempt_id: int, position: int, version: int) -> QuerySet[AttemptQuestion]:
    return AttemptQuestion.objects.filter(attempt=attempt_id, position=position, answer_version=version)


_TOUCH = CompiledUpdate(_open_attempts, int, int, datetime, fields=["last_saved_at"])
_TOUCH_BY_WINDOW = CompiledUpdate(_open_attempts, int, int, datetime, fields=["last_saved_at", "tab_id"])
_PUT = CompiledUpdate(_answer_at, int, int, int, fields=["answer", "answer_version", "page_id", "seconds"])
_REVISE = CompiledInsert(AnswerRevision)


def _touch(row: AttemptQuestion, sent: _Sent) -> Written:
    """Take hold of the attempt, if this place of it is open."""
    place = (row.attempt_id, row.position, last_good_deadline(sent.now))
    if sent.tab_id is None:
        return _TOUCH.written(*place, to=[sent.now])
    return _TOUCH_BY_WINDOW.written(*place, to=[sent.now, sent.tab_id])


def _put(row: AttemptQuestion, chosen: list[str], sent: _Sent) -> Written:
    """Make `chosen` the answer, unless somebody else changed it since `row` was read."""
    to = [chosen, row.answer_version + 1, sent.page_id, _in_sight(row, sent)]
    return _PUT.written(row.attempt_id, row.position, row.answer_version, to=to)


def _revise(row: AttemptQuestion, chosen: list[str], sent: _Sent) -> Written:
    """Keep `chosen` for good."""
    return _REVISE.written(
        AnswerRevision(
            attempt_id=row.attempt_id,
            position=row.position,
            number=row.answer_version + 1,
            answer=chosen,
            save_id=sent.save_id,
            based_on=sent.base_version,
            received_at=sent.now,
        )
    )


def _in_sight(row: AttemptQuestion, sent: _Sent) -> int | None:
    if sent.seconds <= 0:
        return row.seconds
    return (row.seconds or 0) + min(sent.seconds, _LONGEST_SIGHT)


def _why_not_open(attempt: Attempt, *, now: datetime) -> SaveOutcome:
    return SaveOutcome.LOCKED if attempt.is_open(now=now) else SaveOutcome.CLOSED


def _repeated(row: AttemptQuestion, save_id: UUID, *, now: datetime) -> SaveReply | None:
    first = AnswerRevision.objects.filter(
        attempt_id=row.attempt_id, position=row.position, save_id=save_id
    ).first()
    if first is None:
        return None
    return SaveReply(
        SaveOutcome.SAVED,
        first.number,
        first.answer,
        now,
        row.attempt.deadline_at,
        AttemptState(row.attempt.state),
        row.attempt,
    )


def _reply(row: AttemptQuestion, outcome: SaveOutcome, *, now: datetime) -> SaveReply:
    return SaveReply(
        outcome,
        row.answer_version,
        row.answer,
        now,
        row.attempt.deadline_at,
        AttemptState(row.attempt.state),
        row.attempt,
    )


def _checked(row: AttemptQuestion, sent: _Sent) -> list[str]:
    base_version: object = sent.base_version
    if isinstance(base_version, bool) or not isinstance(base_version, int):
        raise ValidationError({"base_version": _("Reload the page and choose again.")}, code="not_a_version")
    if not 0 <= base_version <= _LARGEST_VERSION:
        raise ValidationError({"base_version": _("Reload the page and choose again.")}, code="not_a_version")
    if row.answer_version >= _LARGEST_VERSION:
        raise ValidationError(
            {"answer": _("This answer was changed very many times. What is stored now counts.")},
            code="too_often",
        )
    version = row.question_version
    codes = [option["code"] for option in version.options]
    try:
        return checked_answer(sent.answer, kind=version.question.kind, codes=codes)
    except AnswerRefused as refusal:
        message = _("Choose one of the options of this question.")
        if refusal.code == "one_only":
            message = _("Choose one option only.")
        raise ValidationError({"answer": ValidationError(message, code=refusal.code)}) from refusal


def _append(row: AttemptQuestion, chosen: list[str], sent: _Sent) -> bool:
    """Store the next revision and make it the answer, unless somebody else did since `row` was read."""
    if not run(_put(row, chosen, sent)):
        return False
    run(_revise(row, chosen, sent))
    _take_over(row, chosen, sent)
    return True


def _append_at_once(row: AttemptQuestion, sent: _Sent) -> bool:
    """Do the same with the attempt in hand, in one statement; nothing for what is not to be stored, or not so."""
    if sent.base_version != row.answer_version:
        return False
    try:
        chosen = _checked(row, sent)
    except ValidationError:
        # Whether the test is still open is said first.
        return False
    if not run_chain([_touch(row, sent), _put(row, chosen, sent)], _revise(row, chosen, sent)):
        return False
    _take_over(row, chosen, sent)
    return True


def _take_over(row: AttemptQuestion, chosen: list[str], sent: _Sent) -> None:
    row.answer, row.seconds = chosen, _in_sight(row, sent)
    row.answer_version += 1


def _note_late(row: AttemptQuestion, *, now: datetime) -> None:
    """Note once for each place that an answer came too late: staff can see it, nobody can fill the table with it."""
    events = AttemptEvent.objects.filter(
        attempt=row.attempt, kind=AttemptEventKind.LATE_SAVE, data__position=row.position
    )
    if not events.exists():
        AttemptEvent.objects.create(
            attempt=row.attempt, kind=AttemptEventKind.LATE_SAVE, at=now, data={"position": row.position}
        )
