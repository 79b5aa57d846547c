"""Loading many questions at once from a file, as often as one likes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Actor
from outbox.operations import record_event
from questions import queries
from questions.enums import Status
from questions.models import AnswerKey, Question, QuestionBank, QuestionVersion
from questions.operations.touching import touched
from questions.operations.writing import key_fields, known_skills, made_tags, write_mended
from questions.operations.writing.content import keep, write_key
from questions.operations.writing.many import tell_of_added, words_of_draft, write_questions
from questions.rules import QuestionDraft
from questions.validators import validate_content, validate_ready


@dataclass(frozen=True, slots=True)
class LoadResult:
    """What became of the questions of a file. `kept` ones were changed by a person since, and stay theirs."""

    added: int
    updated: int
    unchanged: int
    kept: int


def load_questions(
    *, bank: QuestionBank, drafts: Sequence[QuestionDraft], by: Actor, now: datetime
) -> LoadResult:
    """Load `drafts` into `bank`, ready for use, in a fixed number of statements.

    A question is known again by its `external_id`. One that still says what its last file said follows the new file:
    a changed text becomes a new frozen version, a changed key a new revision. One that a person has changed is left
    alone. Nothing is taken away. Skills must exist; tags are made.
    Raises `ValidationError` for a question that could not be asked, and nothing is written.
    """
    drafts = [draft.cleaned() for draft in drafts]
    for draft in drafts:
        validate_content(kind=draft.kind, stem=draft.stem, options=draft.options, key=draft.key)
        validate_ready(kind=draft.kind, key=draft.key, skills=len(draft.skills))
    with transaction.atomic():
        # One load at a time: the bank's row is written first.
        QuestionBank.objects.filter(pk=bank.pk).update(name=bank.name)
        known = _known(bank, drafts)
        fresh = [draft for draft in drafts if draft.external_id not in known]
        changed, kept = [], 0
        for draft in drafts:
            if draft.external_id not in known:
                continue
            question = known[draft.external_id]
            if question.said.digest() != question.row.source_digest:
                kept += 1
            elif draft.digest() != question.row.source_digest:
                changed.append((question, draft))
        _add(bank, fresh, by=by, now=now)
        for question, draft in changed:
            _update(question, draft, by=by, now=now)
        if fresh or changed:
            record_event(
                kind="question_bank.loaded",
                by=by,
                now=now,
                about=QuestionBank._meta.label_lower,
                about_id=bank.pk,
                data={"added": len(fresh), "updated": len(changed), "kept": kept},
            )
    return LoadResult(len(fresh), len(changed), len(drafts) - len(fresh) - len(changed) - kept, kept)


@dataclass(frozen=True, slots=True)
class _Known:
    row: Question
    version: QuestionVersion
    key: AnswerKey
    said: QuestionDraft


def _known(bank: QuestionBank, drafts: Sequence[QuestionDraft]) -> dict[str, _Known]:
    rows = list(
        Question.objects.filter(bank=bank, external_id__in=[draft.external_id for draft in drafts])
        .prefetch_related("skills", "tags")
        .order_by("pk")
    )
    versions = {
        version.question_id: version
        for version in QuestionVersion.objects.filter(question__in=rows).order_by("number", "pk")
    }
    keys = queries.keys_for(version.pk for version in versions.values())
    return {
        row.external_id: _Known(
            row,
            versions[row.pk],
            keys[versions[row.pk].pk],
            queries.question_draft(row, versions[row.pk], keys[versions[row.pk].pk]),
        )
        for row in rows
    }


def _add(bank: QuestionBank, drafts: Sequence[QuestionDraft], *, by: Actor, now: datetime) -> None:
    added = write_questions(
        bank=bank,
        drafts=drafts,
        digests=[draft.digest() for draft in drafts],
        words=[words_of_draft(draft) for draft in drafts],
        status=Status.READY,
        by=by,
        now=now,
    )
    tell_of_added(added, by=by, now=now)


def _update(known: _Known, draft: QuestionDraft, *, by: Actor, now: datetime) -> None:
    row, version = known.row, known.version
    stored = [option.stored() for option in draft.options]
    if (version.stem, version.options) != (draft.stem, stored):
        version = _version(row, version.number + 1, draft, by=by, now=now)
        version.save()
        write_key(version, 1, draft.key, by=by, now=now)
    elif key_fields(queries.key_draft(known.key)) != key_fields(draft.key):
        write_mended(row, version, known.key, draft.key, reason="Newer file", by=by, now=now)
    row.level, row.intended_difficulty = draft.level, draft.difficulty
    row.name, row.category = draft.name, draft.category
    row.source_digest = draft.digest()
    # A question that somebody took out of use stays out of use.
    row.current_version = version
    keep(
        row,
        "name",
        "category",
        "level",
        "intended_difficulty",
        "source_digest",
        "current_version",
        now=now,
    )
    row.skills.set(known_skills(draft.skills).values())
    row.tags.set(made_tags(draft.tags).values())
    touched([row.pk], now=now)
    record_event(kind="question.changed", by=by, now=now, about=Question._meta.label_lower, about_id=row.pk)


def _version(
    question: Question, number: int, draft: QuestionDraft, *, by: Actor, now: datetime
) -> QuestionVersion:
    return QuestionVersion(
        question=question,
        number=number,
        stem=draft.stem,
        options=[option.stored() for option in draft.options],
        created_by=by.user,
        created_at=now,
        frozen_at=now,
    )
