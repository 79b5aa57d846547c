"""Letting a question belong to another bank."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.models import Actor
from questions import signals
from questions.models import Question, QuestionBank, QuestionFinding
from questions.operations.touching import touched
from questions.operations.writing.content import QuestionLocked, held, keep, record
from questions.queries.moving import clash_words, why_not_moved


@transaction.atomic
def move_question(*, question: Question, bank: QuestionBank, by: Actor, now: datetime) -> Question:
    """Let a question belong to `bank` and return it. Moved there twice it is moved once.

    Its id, skills, tags, versions, keys, pictures and numbers go along, and what was found in it too. Published tests
    keep it in their pools. Sends `question_moved` in the transaction.
    Raises `QuestionLocked` where the bank has a question with its id, or where by this move a review by somebody else
    could be passed by.
    """
    current = held(question)
    if current.bank_id == bank.pk:
        return current
    before = current.bank
    if reason := why_not_moved(before, bank, by):
        raise QuestionLocked(reason)
    current.bank = bank
    try:
        with transaction.atomic():
            keep(current, "bank", now=now)
    except IntegrityError as taken:
        raise QuestionLocked(clash_words(bank, current.external_id)) from taken
    QuestionFinding.objects.filter(question=current).update(bank=bank)
    touched([current.pk], now=now)
    record("question.moved", current, by=by, now=now, facts={"bank": [before.pk, bank.pk]})
    signals.question_moved.send(Question, question=current, by=by, now=now)
    return current
