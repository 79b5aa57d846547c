"""Many new questions in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Actor
from outbox.operations import EventDraft, record_events
from questions.enums import Status
from questions.models import AnswerKey, Question, QuestionBank, QuestionVersion, QuestionWords
from questions.operations.touching import write_words
from questions.operations.writing.content import known_skills, made_tags
from questions.rules import QuestionDraft, key_fields, question_words


def write_questions(
    *,
    bank: QuestionBank,
    drafts: Sequence[QuestionDraft],
    digests: Sequence[str],
    words: Sequence[str],
    status: Status,
    by: Actor,
    now: datetime,
) -> list[Question]:
    """Write new questions of `bank` with their first versions and keys, and return them in the order of `drafts`.

    Ready ones are frozen at once and will be looked through for mistakes. `digests` are what `Question.source_digest`
    keeps of each, `words` what `words_of_draft` gives: neither is worked out while others wait for this transaction,
    which is the caller's. Whoever calls has checked the questions, and tells the history.
    Raises `ValidationError` for a skill that does not exist, and for a tag that is too long.
    """
    skills = known_skills(slug for draft in drafts for slug in draft.skills)
    tags = made_tags(name for draft in drafts for name in draft.tags)
    questions = Question.objects.bulk_create(
        _question(bank, draft, digest, status, by=by, now=now)
        for draft, digest in zip(drafts, digests, strict=True)
    )
    is_ready = status is Status.READY
    versions = write_first_versions(questions, drafts, frozen_at=now if is_ready else None, by=by, now=now)
    write_keys(versions, drafts, by=by, now=now)
    if is_ready:
        for question, version in zip(questions, versions, strict=True):
            question.current_version = version
        Question.objects.bulk_update(questions, ["current_version"])
    write_words(
        QuestionWords(question=question, words=found)
        for question, found in zip(questions, words, strict=True)
    )
    Question.skills.through.objects.bulk_create(
        Question.skills.through(question_id=question.pk, skill_id=skills[slug])
        for question, draft in zip(questions, drafts, strict=True)
        for slug in dict.fromkeys(draft.skills)
    )
    Question.tags.through.objects.bulk_create(
        Question.tags.through(question_id=question.pk, questiontag_id=tags[name])
        for question, draft in zip(questions, drafts, strict=True)
        for name in draft.tags
    )
    return questions


def write_first_versions(
    questions: Sequence[Question],
    drafts: Sequence[QuestionDraft],
    *,
    frozen_at: datetime | None,
    by: Actor,
    now: datetime,
) -> list[QuestionVersion]:
    """Write the first version of each of `questions` and return them."""
    return QuestionVersion.objects.bulk_create(
        QuestionVersion(
            question=question,
            number=1,
            stem=draft.stem,
            options=[option.stored() for option in draft.options],
            created_by=by.user,
            created_at=now,
            frozen_at=frozen_at,
        )
        for question, draft in zip(questions, drafts, strict=True)
    )


def write_keys(
    versions: Sequence[QuestionVersion], drafts: Sequence[QuestionDraft], *, by: Actor, now: datetime
) -> list[AnswerKey]:
    """Write the first key of each of `versions` and return them."""
    return AnswerKey.objects.bulk_create(
        AnswerKey(version=version, revision=1, created_by=by.user, created_at=now, **key_fields(draft.key))
        for version, draft in zip(versions, drafts, strict=True)
    )


def tell_of_added(question_ids: Sequence[int], *, by: Actor, now: datetime) -> None:
    """Write down that questions were added."""
    record_events(
        drafts=[
            EventDraft(kind="question.added", about=Question._meta.label_lower, about_id=question_id)
            for question_id in question_ids
        ],
        by=by,
        now=now,
    )


def words_of_draft(draft: QuestionDraft) -> str:
    """Return the words by which a question is found."""
    return question_words(
        external_id=draft.external_id,
        name=draft.name,
        stem=draft.stem,
        options=draft.options,
        key=draft.key,
        tags=draft.tags,
    )


def _question(
    bank: QuestionBank, draft: QuestionDraft, digest: str, status: Status, *, by: Actor, now: datetime
) -> Question:
    return Question(
        bank=bank,
        external_id=draft.external_id,
        kind=draft.kind,
        level=draft.level,
        intended_difficulty=draft.difficulty,
        name=draft.name,
        category=draft.category,
        status=status,
        status_at=now,
        status_by=by.user,
        source_digest=digest,
        created_by=by.user,
        created_at=now,
        changed_at=now,
        lint_due_at=now if status is Status.READY else None,
    )
