"""Scoring: a score is a new row with its cause, and `current_score` points at the one in force."""

from __future__ import annotations

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Actor
from assessments import queries, signals
from assessments.enums import AttemptState, ScoreCause
from assessments.models import Attempt, AttemptQuestion, Score
from outbox.operations import record_event
from questions.operations import record_usage
from shell.unavailable import again_after_collision

logger = logging.getLogger(__name__)

RETRY_FIRST = timedelta(seconds=30)
RETRY_LAST = timedelta(hours=1)


class NotToBeScored(Exception):  # noqa: N818 -- a refusal, not a fault
    """The attempt is still running or was declared void."""

    def __init__(self) -> None:
        super().__init__(_("Only a submitted attempt can be scored."))


class KeyMissing(Exception):  # noqa: N818 -- a refusal, not a fault
    """A question of the attempt has no key."""

    def __init__(self, version_id: int) -> None:
        self.version_id = version_id
        super().__init__(_("A question of this attempt has no answer key."))


def score_submitted(*, now: datetime, limit: int = 100) -> int:
    """Score the attempts that wait for it and return how many this call scored.

    Each one is pushed ahead before it is tried, further each time: an attempt that cannot be scored, or that kills its
    worker, does not hold up the others. What went wrong is logged with ids alone.
    """
    scored = 0
    due = queries.unscored(now).values_list("pk", "score_due_at", "score_tries")[:limit]
    for attempt_id, due_at, tries in list(due):
        if not _claim(attempt_id, due_at, tries, now=now):
            continue
        try:
            score_attempt(attempt_id=attempt_id, cause=ScoreCause.SUBMITTED, now=now)
        except Exception:
            logger.exception("attempt %s could not be scored, try %s", attempt_id, tries + 1)
        else:
            scored += 1
    return scored


def uncount_answers(attempt: Attempt, *, now: datetime) -> None:
    """Let the answers of an attempt count no more in how its questions did, in the transaction in which its score
    ceases to be in force. Nothing for one without a score."""
    if attempt.current_score is not None:
        rows = queries.questions_to_score(attempt.pk)
        record_usage(before=queries.shares_of(rows, attempt.current_score), now=now)


def _claim(attempt_id: int, due_at: datetime | None, tries: int, *, now: datetime) -> int:
    wait = min(RETRY_FIRST * 2 ** min(tries, 10), RETRY_LAST)
    return Attempt.objects.filter(
        pk=attempt_id,
        state=AttemptState.SUBMITTED,
        current_score=None,
        score_due_at=due_at,
        score_tries=tries,
    ).update(score_due_at=now + wait, score_tries=F("score_tries") + 1)


@again_after_collision
def score_attempt(
    *, attempt_id: int, cause: ScoreCause, now: datetime, again: Collection[int] | None = None
) -> Score:
    """Mark a submitted attempt with the keys in force and return the score.

    With `again` only these question versions get the keys in force; what else was scored keeps the keys it was scored
    with.

    The same keys give the same row, however often this runs. Only the call that puts a score in force has effects: an
    event, the usage of the questions (shown by the first score only) and, after commit, the signal `attempt_scored`.
    Raises `NotToBeScored` for an attempt that runs or is void, `KeyMissing` where a question has no key.
    """
    attempt = queries.attempt_with_person(attempt_id)
    if attempt.state != AttemptState.SUBMITTED:
        raise NotToBeScored
    rows = queries.questions_to_score(attempt_id)
    marked = _mark(attempt, rows, again)
    with transaction.atomic():
        score = _get_or_write(attempt, marked, cause, now=now)
        if _put_in_force(attempt, score):
            is_first = _is_first(attempt, score)
            record_usage(
                shown=Counter(row.question_version.question_id for row in rows) if is_first else None,
                before=queries.shares_of(rows, attempt.current_score),
                after=queries.shares_of(rows, score),
                now=now,
            )
            record_event(
                kind="attempt.scored",
                by=Actor.system(),
                now=now,
                person_ref=attempt.invitation.candidate.public_id,
                about=Attempt._meta.label_lower,
                about_id=attempt.pk,
                data={"score": score.pk, "cause": cause.value},
            )
            transaction.on_commit(
                lambda: signals.attempt_scored.send(Attempt, attempt_id=attempt.pk, score_id=score.pk),
                robust=True,
            )
    return score


def _mark(attempt: Attempt, rows: Sequence[AttemptQuestion], again: Collection[int] | None) -> Score:
    keys = queries.keys_to_mark(rows, attempt.current_score, again=again)
    try:
        return queries.score_of(rows, keys, attempt.invitation.version)
    except KeyError as missing:
        raise KeyMissing(missing.args[0]) from missing


def _digest(keys: Sequence[int], sitting: int) -> str:
    return hashlib.sha256(json.dumps([sitting, *keys]).encode()).hexdigest()[:32]


def _get_or_write(attempt: Attempt, marked: Score, cause: ScoreCause, *, now: datetime) -> Score:
    marked.attempt, marked.cause, marked.created_at = attempt, cause, now
    marked.keys_digest = _digest(marked.keys, attempt.sitting)
    Score.objects.bulk_create([marked], ignore_conflicts=True)
    return Score.objects.get(attempt=attempt, keys_digest=marked.keys_digest)


def _is_first(attempt: Attempt, score: Score) -> bool:
    """Whether the attempt was never scored before: also one that was reopened was shown its questions once."""
    if attempt.current_score_id is not None:
        return False
    return attempt.sitting == 1 or not Score.objects.filter(attempt=attempt).exclude(pk=score.pk).exists()


def _put_in_force(attempt: Attempt, score: Score) -> bool:
    """Point at `score` if nothing changed since the attempt was read and another score, or none, is in force."""
    if attempt.current_score_id == score.pk:
        return False
    return bool(
        Attempt.objects.filter(
            pk=attempt.pk,
            state=AttemptState.SUBMITTED,
            sitting=attempt.sitting,
            current_score=attempt.current_score_id,
        ).update(current_score=score, score_due_at=None)
    )
