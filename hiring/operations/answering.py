"""Answers of candidates, and that somebody has seen to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Actor
from hiring.queries.replies import answers_seen_to, answers_to_read
from outbox.operations import read_answers, unread_answers


def mark_answers_read(*, public_ids: Sequence[str], by: Actor, now: datetime) -> int:
    """Note that answers are seen to, for every colleague, and return how many were not yet.

    Those that are somebody else's to see to stay as they are.
    """
    mine = answers_to_read(by).filter(public_id__in=list(public_ids))
    return read_answers(answer_ids=list(mine.values_list("pk", flat=True)), by=by, now=now)


def mark_answers_unread(*, public_ids: Sequence[str], by: Actor, now: datetime) -> int:
    """Let answers wait again for every colleague, and return how many did not.

    Those that are somebody else's to see to stay as they are.
    """
    mine = answers_seen_to(by).filter(public_id__in=list(public_ids))
    return unread_answers(answer_ids=list(mine.values_list("pk", flat=True)))
