"""Taking questions out of use, and back."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from questions.enums import Status
from questions.models import Question
from questions.operations.writing.content import QuestionLocked, held, keep, record, set_status


@transaction.atomic
def retire_question(*, question: Question, by: Actor, now: datetime) -> Question:
    """Take a question out of use: new tests leave it out, running ones draw it only when nothing else is left."""
    current = held(question)
    if current.status != Status.RETIRED:
        keep(current, *set_status(current, Status.RETIRED, by=by, now=now), now=now)
        record("question.retired", current, by=by, now=now)
    question.refresh_from_db()
    return question


@transaction.atomic
def take_up_again(*, question: Question, by: Actor, now: datetime) -> Question:
    """Put a retired question back into use: ready with the version that was, a draft if none ever was.

    Raises `QuestionLocked` for one that is not retired.
    """
    current = held(question)
    if current.status != Status.RETIRED:
        raise QuestionLocked(_("This question is not retired."))
    status = Status.READY if current.current_version_id is not None else Status.DRAFT
    keep(current, *set_status(current, status, by=by, now=now), now=now)
    record("question.taken_up", current, by=by, now=now)
    return current
