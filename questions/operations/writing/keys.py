"""Mending what is right about a question."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from questions import queries
from questions.models import AnswerKey, QuestionVersion
from questions.operations.touching import touched
from questions.operations.writing.content import held, record, write_key
from questions.rules import KeyDraft
from questions.validators import validate_content


@transaction.atomic
def mend_key(*, version: QuestionVersion, key: KeyDraft, reason: str, by: Actor, now: datetime) -> AnswerKey:
    """Write a new revision of the key of a frozen version and return it. What was shown stays as it was.

    Scores do not change by this alone: the floor above marks attempts again.
    Raises `ValidationError` keyed by field; `reason` is required, for whoever asks why a score changed.
    """
    if not reason.strip() or len(reason) > 300:
        raise ValidationError({"reason": _("Say what was wrong with the key, in at most 300 characters.")})
    question = held(version.question, now=now)
    validate_content(kind=question.kind, stem=version.stem, options=queries.option_drafts(version), key=key)
    known = queries.keys_for([version.pk]).get(version.pk)
    written = write_key(
        version, (known.revision if known else 0) + 1, key, reason=reason.strip(), by=by, now=now
    )
    touched([question.pk], now=now)
    record("question.key_mended", question, by=by, now=now, version=version)
    return written
