"""The rows of a question: what is written of a draft, and how they read again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Actor
from outbox.operations import record_event
from questions.models import AnswerKey, Question, QuestionVersion
from questions.rules import KeyDraft, OptionDraft


class QuestionLocked(Exception):  # noqa: N818 -- a refusal, not a fault
    """The question is not in a state that allows this. The message is for its author."""


def key_fields(key: KeyDraft) -> dict[str, object]:
    """Return what an `AnswerKey` row stores of a draft."""
    return {
        "shares": {code: str(share) for code, share in key.shares.items()},
        "feedback": {code: text for code, text in key.feedback.items() if text},
        "marking": key.marking,
        "explanation": key.explanation,
        "source": key.source,
        "model_answer": key.model_answer,
        "look_fors": list(key.look_fors),
        "warning_signs": list(key.warning_signs),
        "follow_ups": list(key.follow_ups),
    }


def plain_key(key: KeyDraft) -> KeyDraft:
    return KeyDraft(**key_fields(key))  # type: ignore[arg-type]


def held(question: Question, *, now: datetime) -> Question:
    """Return the question, its row written first: two authors who save at once come one after the other."""
    Question.objects.filter(pk=question.pk).update(changed_at=now)
    return Question.objects.get(pk=question.pk)


def write_version(
    question: Question,
    number: int,
    stem: str,
    options: Sequence[OptionDraft],
    key: KeyDraft,
    *,
    by: Actor,
    now: datetime,
) -> QuestionVersion:
    version = QuestionVersion.objects.create(
        question=question,
        number=number,
        stem=stem,
        options=[option.stored() for option in options],
        created_by=by.user,
        created_at=now,
    )
    write_key(version, 1, key, by=by, now=now)
    return version


def write_key(
    version: QuestionVersion, revision: int, key: KeyDraft, *, by: Actor, now: datetime, reason: str = ""
) -> AnswerKey:
    return AnswerKey.objects.create(
        version=version,
        revision=revision,
        reason=reason,
        created_by=by.user,
        created_at=now,
        **key_fields(key),
    )


def record(
    kind: str, question: Question, *, by: Actor, now: datetime, version: QuestionVersion | None = None
) -> None:
    record_event(
        kind=kind,
        by=by,
        now=now,
        about=Question._meta.label_lower,
        about_id=question.pk,
        data={"version": version.number} if version is not None else None,
    )
