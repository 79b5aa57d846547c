"""What every change of a question leads to: the one place that all doors call."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from outbox.operations import nudge
from questions import queries
from questions.models import AnswerKey, Question, QuestionVersion, QuestionWords
from questions.rules import KeyDraft, question_words

# The task that looks through what is due.
LOOK: Final = "questions.look_through"
_BATCH: Final = 500


def touched(question_ids: Collection[int], *, now: datetime) -> None:
    """Let questions that changed be found by what they say now, and be looked through for mistakes. In the
    transaction of the change. Six statements for each 500.
    """
    Question.objects.filter(pk__in=question_ids).update(lint_due_at=now)
    nudge(LOOK)
    index_questions(question_ids)


def index_questions(question_ids: Iterable[int]) -> None:
    """Let questions be found by what they say now. Five statements for each 500."""
    wanted = sorted(set(question_ids))
    for start in range(0, len(wanted), _BATCH):
        ids = wanted[start : start + _BATCH]
        questions = list(Question.objects.filter(pk__in=ids).prefetch_related("tags").order_by("pk"))
        rows = QuestionVersion.objects.filter(question__in=ids).order_by("number", "pk")
        newest = {version.question_id: version for version in rows}
        keys = queries.keys_for(version.pk for version in newest.values())
        _write_words(
            QuestionWords(question=question, words=_words(question, version, keys.get(version.pk)))
            for question in questions
            if (version := newest.get(question.pk)) is not None
        )


def _write_words(rows: Iterable[QuestionWords]) -> None:
    """Keep the words of questions, whether any were kept of them or not. A statement for each 500."""
    QuestionWords.objects.bulk_create(
        list(rows),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["question"],
        update_fields=["words"],
    )


def _words(question: Question, version: QuestionVersion, key: AnswerKey | None) -> str:
    return question_words(
        external_id=question.external_id,
        name=question.name,
        stem=version.stem,
        options=queries.option_drafts(version),
        key=queries.key_draft(key) if key is not None else KeyDraft(),
        tags=[tag.name for tag in question.tags.all()],
    )
