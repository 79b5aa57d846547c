"""Taking questions out of use."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Actor
from questions.enums import Status
from questions.models import Question
from questions.operations.writing.content import record


@transaction.atomic
def retire_question(*, question: Question, by: Actor, now: datetime) -> Question:
    """Take a question out of use: new tests leave it out, running ones draw it only when nothing else is left."""
    changed = (
        Question.objects.filter(pk=question.pk)
        .exclude(status=Status.RETIRED)
        .update(status=Status.RETIRED, changed_at=now)
    )
    if changed:
        record("question.retired", question, by=by, now=now)
    question.refresh_from_db()
    return question
