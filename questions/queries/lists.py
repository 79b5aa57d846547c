"""Which questions rules may draw, and what banks hold."""

from __future__ import annotations

from typing import Final

from django.db.models import Count, Q, QuerySet

from accounts.models import Actor
from questions.enums import Kind, Status
from questions.models import Question, QuestionBank, QuestionTag

# Every other tag can be typed all the same.
TAGS_OFFERED: Final = 300


def ready_questions(
    *, bank_id: int, skill_id: int | None = None, level: str = "", difficulty: int | None = None
) -> QuerySet[Question]:
    """Return the questions that a test's rule may draw: ready, of a kind that is answered by choosing. Lazy.

    Arguments left out mean any. Each question comes once.
    """
    questions = Question.objects.filter(
        bank_id=bank_id,
        status=Status.READY,
        kind__in=Kind.choice_kinds,
        current_version__frozen_at__isnull=False,
    )
    if skill_id is not None:
        questions = questions.filter(
            pk__in=Question.skills.through.objects.filter(skill_id=skill_id).values("question_id")
        )
    if level:
        questions = questions.filter(level=level)
    if difficulty is not None:
        questions = questions.filter(intended_difficulty=difficulty)
    return questions.order_by("pk")


def banks_with_counts(banks: QuerySet[QuestionBank]) -> QuerySet[QuestionBank]:
    """Annotate `banks` with `questions_all` and `questions_ready`. Lazy."""
    return banks.annotate(
        questions_all=Count("questions", distinct=True),
        questions_ready=Count("questions", filter=Q(questions__status=Status.READY), distinct=True),
    )


def tag_names(actor: Actor) -> list[str]:
    """Return the names of the tags that are offered while somebody types one, in their order. One query."""
    return list(
        QuestionTag.objects.all()
        .visible_to(actor)
        .order_by("name")
        .values_list("name", flat=True)[:TAGS_OFFERED]
    )
