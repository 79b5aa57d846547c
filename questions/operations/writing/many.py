"""Many new questions in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import OuterRef

from accounts.models import Actor
from outbox.operations import EventDraft, record_events
from questions.enums import Status
from questions.models import AnswerKey, Question, QuestionBank, QuestionVersion, QuestionWords
from questions.operations.writing.content import known_skills, made_tags
from questions.rules import KeyDraft, QuestionDraft, key_fields, question_words
from shell.rows import take_keys, write_rows


def write_questions(
    *,
    bank: QuestionBank,
    drafts: Sequence[QuestionDraft],
    digests: Sequence[str],
    words: Sequence[str],
    status: Status,
    by: Actor,
    now: datetime,
) -> list[int]:
    """Write new questions of `bank` with their first versions and keys, and return their ids in the order of `drafts`.

    Ready ones are frozen at once and will be looked through for mistakes. `digests` are what `Question.source_digest`
    keeps of each, `words` what `words_of_draft` gives: neither is worked out while others wait for this transaction,
    which is the caller's. Whoever calls has checked the questions, and tells the history.
    Raises `ValidationError` for a skill that does not exist, and for a tag that is too long.
    """
    skills = known_skills(slug for draft in drafts for slug in draft.skills)
    tags = made_tags(name for draft in drafts for name in draft.tags)
    is_ready = status is Status.READY
    ids = take_keys(Question, len(drafts))
    author = by.user and by.user.pk
    due = now if is_ready else None
    write_rows(
        Question,
        (
            *("id", "bank_id", "external_id", "kind", "level", "intended_difficulty", "name", "category"),
            *("source_digest", "status", "status_at", "status_by_id", "created_by_id", "created_at"),
            *("changed_at", "lint_due_at"),
        ),
        [
            (
                *(pk, bank.pk, draft.external_id, draft.kind, draft.level, draft.difficulty, draft.name),
                *(draft.category, digest, status.value, now, author, author, now, now, due),
            )
            for pk, draft, digest in zip(ids, drafts, digests, strict=True)
        ],
    )
    versions = write_first_versions(ids, drafts, frozen_at=due, by=by, now=now)
    write_keys(versions, drafts, by=by, now=now)
    if is_ready:
        newest = QuestionVersion.objects.filter(question=OuterRef("pk"))
        Question.objects.filter(pk__in=ids).update(current_version=newest.values("pk")[:1])
    write_rows(QuestionWords, ("question_id", "words"), zip(ids, words, strict=True))
    write_rows(
        Question.skills.through,
        ("question_id", "skill_id"),
        [
            (pk, skills[slug])
            for pk, draft in zip(ids, drafts, strict=True)
            for slug in dict.fromkeys(draft.skills)
        ],
    )
    write_rows(
        Question.tags.through,
        ("question_id", "questiontag_id"),
        [(pk, tags[name]) for pk, draft in zip(ids, drafts, strict=True) for name in draft.tags],
    )
    return ids


def write_first_versions(
    question_ids: Sequence[int],
    drafts: Sequence[QuestionDraft],
    *,
    frozen_at: datetime | None,
    by: Actor,
    now: datetime,
    numbers: Sequence[int] = (),
) -> list[int]:
    """Write the first version of each of these questions and return their ids. `numbers` are theirs where not 1."""
    ids = take_keys(QuestionVersion, len(question_ids))
    author = by.user and by.user.pk
    write_rows(
        QuestionVersion,
        ("id", "question_id", "number", "stem", "options", "created_by_id", "created_at", "frozen_at"),
        [
            (
                pk,
                question,
                number,
                draft.stem,
                [option.stored() for option in draft.options],
                author,
                now,
                frozen_at,
            )
            for pk, question, draft, number in zip(
                ids, question_ids, drafts, numbers or [1] * len(ids), strict=True
            )
        ],
    )
    return ids


def write_keys(
    version_ids: Sequence[int],
    drafts: Sequence[QuestionDraft],
    *,
    by: Actor,
    now: datetime,
    revisions: Sequence[int] = (),
) -> list[int]:
    """Write the first key of each of these versions and return their ids. `revisions` are theirs where not 1."""
    ids = take_keys(AnswerKey, len(version_ids))
    author = by.user and by.user.pk
    names = tuple(key_fields(KeyDraft()))
    write_rows(
        AnswerKey,
        ("id", "version_id", "revision", "created_by_id", "created_at", *names),
        [
            (pk, version, revision, author, now, *key_fields(draft.key).values())
            for pk, version, draft, revision in zip(
                ids, version_ids, drafts, revisions or [1] * len(ids), strict=True
            )
        ],
    )
    return ids


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
