"""Marking attempts again when a key was wrong."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Actor
from assessments.models import PoolEntry, RegradeRequest
from questions.models import AnswerKey, QuestionVersion


@transaction.atomic
def ask_for_regrade(
    *, version: QuestionVersion, key: AnswerKey, by: Actor, now: datetime
) -> RegradeRequest | None:
    """Put before colleagues that scores were given by another key than `key`, a new revision of that of `version`.

    Returns None where nothing is to decide: the key gives the same marks, or no test ever held the version. Twice asks
    once.
    """
    if not key.changes_marks or not PoolEntry.objects.filter(question_version=version).exists():
        return None
    return RegradeRequest.objects.get_or_create(
        key=key, defaults={"question_version": version, "asked_at": now, "asked_by": by.user}
    )[0]
