"""Mending what is right about a question."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from questions import queries, signals
from questions.models import AnswerKey, Question, QuestionVersion
from questions.operations.linting.questions import look_through_questions
from questions.operations.touching import touched
from questions.operations.writing.content import held, keep, record, write_key
from questions.rules import KeyDraft, marks_otherwise
from questions.validators import validate_content
from rendering.characters import clean_line


@transaction.atomic
def mend_key(*, version: QuestionVersion, key: KeyDraft, reason: str, by: Actor, now: datetime) -> AnswerKey:
    """Write a new revision of the key of a frozen version and return it. What was shown stays as it was.

    Scores do not change by this alone: the floor above marks attempts again.
    Raises `ValidationError` keyed by field; `reason` is required, for whoever asks why a score changed.
    """
    question, key = held(version.question), key.cleaned()
    validate_content(kind=question.kind, stem=version.stem, options=queries.option_drafts(version), key=key)
    known = queries.keys_for([version.pk]).get(version.pk)
    written = write_mended(question, version, known, key, reason=reason, by=by, now=now)
    keep(question, now=now)
    touched([question.pk], now=now)
    look_through_questions(question_ids=[question.pk], now=now)
    return written


def write_mended(
    question: Question,
    version: QuestionVersion,
    known: AnswerKey | None,
    key: KeyDraft,
    *,
    reason: str,
    by: Actor,
    now: datetime,
) -> AnswerKey:
    """Write the revision after `known`, record it and tell the floor above. Raises `ValidationError` by field."""
    reason = clean_line(reason)
    if not reason or len(reason) > 300:
        raise ValidationError({"reason": _("Say what was wrong with the key, in at most 300 characters.")})
    written = write_key(
        version,
        (known.revision if known else 0) + 1,
        key,
        reason=reason,
        changes_marks=known is None or marks_otherwise(queries.key_draft(known), key, kind=question.kind),
        by=by,
        now=now,
    )
    record("question.key_mended", question, by=by, now=now, version=version)
    signals.key_mended.send(AnswerKey, version=version, key=written, by=by, now=now)
    return written
