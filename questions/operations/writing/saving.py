"""Writing questions. What somebody was shown is frozen: an edit of it starts a new version."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from questions import queries
from questions.models import Question, QuestionBank, QuestionTag, QuestionVersion, Skill
from questions.operations.touching import touched
from questions.operations.writing.content import (
    QuestionLocked,
    held,
    plain_key,
    record,
    write_key,
    write_version,
)
from questions.rules import KeyDraft, OptionDraft
from questions.validators import validate_content


@transaction.atomic
def add_question(
    *,
    bank: QuestionBank,
    external_id: str,
    kind: str,
    level: str,
    intended_difficulty: int,
    skills: Iterable[Skill],
    stem: str,
    options: Sequence[OptionDraft],
    key: KeyDraft,
    by: Actor,
    now: datetime,
    tags: Iterable[QuestionTag] = (),
) -> Question:
    """Add a question to `bank` as a draft and return it, with its first version and key.

    Raises `ValidationError` keyed by field (external_id, stem, options, key …).
    """
    question = Question(
        bank=bank,
        external_id=external_id.strip(),
        kind=kind,
        level=level,
        intended_difficulty=intended_difficulty,
        created_by=by.user,
        created_at=now,
        changed_at=now,
    )
    question.full_clean(exclude=["current_version"])
    validate_content(kind=kind, stem=stem, options=options, key=key)
    question.save()
    question.skills.set(skills)
    question.tags.set(tags)
    write_version(question, 1, stem, options, key, by=by, now=now)
    touched([question.pk], now=now)
    record("question.added", question, by=by, now=now)
    return question


@transaction.atomic
def edit_question(
    *,
    question: Question,
    level: str,
    intended_difficulty: int,
    skills: Iterable[Skill],
    tags: Iterable[QuestionTag],
    stem: str,
    options: Sequence[OptionDraft],
    key: KeyDraft,
    by: Actor,
    now: datetime,
    kind: str | None = None,
) -> QuestionVersion:
    """Change a question and return the version that now holds its text.

    A draft is changed in place (its key gets a new revision). When the latest version is frozen and what is shown or
    what is right changed, a new draft version is started; candidates get the frozen one until the draft is made ready.
    Raises `ValidationError` keyed by field, and `QuestionLocked` for a change of `kind` after it was frozen.
    """
    current = held(question, now=now)
    latest = queries.latest_version(current)
    kind = kind or current.kind
    if (
        kind != current.kind
        and QuestionVersion.objects.filter(question=current, frozen_at__isnull=False).exists()
    ):
        raise QuestionLocked(
            _("The kind of a question that was ready does not change. Add a new question instead.")
        )
    current.kind, current.level, current.intended_difficulty = kind, level, intended_difficulty
    current.full_clean()
    validate_content(kind=kind, stem=stem, options=options, key=key)
    current.save(update_fields=["kind", "level", "intended_difficulty"])
    current.skills.set(skills)
    current.tags.set(tags)
    version = _save_content(current, latest, stem, options, key, by=by, now=now)
    touched([current.pk], now=now)
    record("question.changed", current, by=by, now=now)
    return version


def _save_content(
    question: Question,
    latest: QuestionVersion | None,
    stem: str,
    options: Sequence[OptionDraft],
    key: KeyDraft,
    *,
    by: Actor,
    now: datetime,
) -> QuestionVersion:
    stored = [option.stored() for option in options]
    if latest is None:
        return write_version(question, 1, stem, options, key, by=by, now=now)
    known = queries.keys_for([latest.pk]).get(latest.pk)
    same_text = latest.stem == stem and latest.options == stored
    same_key = known is not None and queries.key_draft(known) == plain_key(key)
    if same_text and same_key:
        return latest
    if latest.frozen_at is not None:
        return write_version(question, latest.number + 1, stem, options, key, by=by, now=now)
    QuestionVersion.objects.filter(pk=latest.pk, frozen_at=None).update(stem=stem, options=stored)
    if not same_key:
        write_key(latest, (known.revision if known else 0) + 1, key, by=by, now=now)
    latest.stem, latest.options = stem, stored
    return latest
