"""The way of a question to where tests may draw it."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from questions import queries
from questions.enums import Status
from questions.models import Question, QuestionVersion
from questions.operations.writing.content import QuestionLocked, held, record
from questions.rules import KeyDraft
from questions.validators import validate_content, validate_ready


@transaction.atomic
def send_to_review(*, question: Question, by: Actor, now: datetime) -> Question:
    """Put a draft before a colleague. Raises `QuestionLocked` when it is not a draft."""
    changed = Question.objects.filter(pk=question.pk, status=Status.DRAFT).update(
        status=Status.IN_REVIEW, changed_at=now
    )
    if not changed:
        raise QuestionLocked(_("Only a draft can be sent to review."))
    record("question.sent_to_review", question, by=by, now=now)
    question.refresh_from_db()
    return question


@transaction.atomic
def make_ready(*, question: Question, by: Actor, now: datetime) -> Question:
    """Let tests draw the latest version of a question; a draft of it is frozen. A ready question stays as it is.

    Raises `ValidationError` keyed by field for a question that is not complete.
    """
    current = held(question, now=now)
    version = queries.latest_version(current)
    if version is None:
        raise ValidationError({"stem": _("Write the question.")})
    key = queries.keys_for([version.pk]).get(version.pk)
    draft = queries.key_draft(key) if key is not None else KeyDraft()
    options = queries.option_drafts(version)
    validate_content(kind=current.kind, stem=version.stem, options=options, key=draft)
    validate_ready(kind=current.kind, key=draft, skills=current.skills.count())
    if current.status == Status.READY and current.current_version_id == version.pk:
        return current
    QuestionVersion.objects.filter(pk=version.pk, frozen_at=None).update(frozen_at=now)
    current.status, current.current_version = Status.READY, version
    current.save(update_fields=["status", "current_version"])
    record("question.made_ready", current, by=by, now=now, version=version)
    return current
